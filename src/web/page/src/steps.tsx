// Every step of the plan: what was, what runs, what is next and when; filtered, of any length.
import { useMemo, useState } from 'preact/hooks';
import type { Step } from './contract.ts';
import { count_steps, expected_begins, filter_steps, is_newest, mood_of_step, server_now, why_not_act } from './facts.ts';
import type { ViewProps } from './now.tsx';
import { href } from './route.ts';
import { StepMenu } from './step_menu.tsx';
import type { State } from './store.ts';
import { clock_text, kUtc, length_text, ms_of } from './time.ts';
import { Card, Icon, LongList, StepBadge } from './ui.tsx';
import { WishButton } from './verbs.tsx';
import { insert_wish, undo_wish } from './wishes.ts';

const kShows = [
  ['all', 'All'],
  ['ahead', 'To come'],
  ['wrong', 'Not done'],
  ['done', 'Done'],
] as const;

export function StepsView({ s, run, rehearsal, ask }: ViewProps) {
  const [menu, open_menu] = useState(''); // title of the step
  const [show, set_show] = useState<(typeof kShows)[number][0]>('all');
  const [typed, type] = useState('');
  const rows = useMemo(() => filter_steps(run.steps, show, typed), [run.steps, show, typed]);
  const counts = useMemo(() => count_steps(run.steps), [run.steps]);
  const begins = useMemo(() => expected_begins(rehearsal), [rehearsal]);
  const figures = { all: counts.all, ahead: counts.ahead + counts.running, wrong: counts.wrong, done: counts.done + counts.skipped };
  const first_open = useMemo(() => Math.max(0, rows.findIndex((step) => ['running', 'ahead'].includes(mood_of_step(step)))), [show, typed, rows.length]);
  const chosen = useMemo(() => run.steps.find((step) => step.title === menu), [run.steps, menu]);
  const steered = is_newest(s);
  const why_not = why_not_act(s);
  return (
    <Card title="Steps">
      <div class="filters">
        <div role="group" aria-label="Which steps" class="segments">
          {kShows.map(([name, label]) => (
            <button type="button" key={name} aria-pressed={show === name} onClick={() => set_show(name)}>
              {label} {figures[name]}
            </button>
          ))}
        </div>
        <input type="search" aria-label="Search steps" placeholder="Search title or task" value={typed} onInput={(event) => type(event.currentTarget.value)} />
        {steered && (
          <div class="buttons">
            <WishButton wish={insert_wish()} why_not={why_not} ask={ask} />
            {run.plan_version > 1 && <WishButton wish={undo_wish()} why_not={why_not} ask={ask} />}
          </div>
        )}
      </div>
      {steered && why_not && <p class="quiet">{why_not}</p>}
      {rows.length === 0 && <p class="quiet">No such step.</p>}
      <LongList
        items={rows}
        row={52}
        label={`${rows.length} steps`}
        start={first_open}
        draw={(step) => (
          <div class={steered ? 'step-line' : ''}>
            <StepRow step={step} s={s} expected={begins.get(step.title) ?? Number.NaN} />
            {steered && (
              <button type="button" class="more" aria-haspopup="dialog" aria-label={`Actions for ${step.title}`} onClick={() => open_menu(step.title)}>
                <span aria-hidden="true">…</span>
              </button>
            )}
          </div>
        )}
      />
      {chosen && <StepMenu key={chosen.title} step={chosen} s={s} run={run} ask={ask} close={() => open_menu('')} />}
    </Card>
  );
}

/// `expected`: when it begins, if it is still to come; ms or NaN.
function StepRow({ step, s, expected }: { step: Step; s: State; expected: number }) {
  const now = server_now(s);
  const mood = mood_of_step(step);
  const about = !step.started && mood === 'ahead' && Number.isFinite(expected);
  return (
    <a class={`step-row ${mood}`} href={href(s.wanted, 'step', 'main', step.index)}>
      <span class="index">{step.index}</span>
      <span class="title">
        <span class="name">{step.title}</span>
        <span class="quiet">
          {step.kind === 'prompt' ? (
            <>
              <Icon name="person" /> asks a person
            </>
          ) : (
            step.task
          )}
          {step.reason ? `: ${step.reason}` : ''}
          {step.environment ? ` (not valid: ${step.environment})` : ''}
        </span>
      </span>
      <span class="when">
        {about ? 'about ' : ''}
        {clock_text(about ? expected : ms_of(step.started), now, s.station ?? kUtc)}
        {step.ran_s > 0 && <span class="quiet">{length_text(step.ran_s)}</span>}
      </span>
      <StepBadge mood={mood} word={step.state} />
    </a>
  );
}
