// First view: what is asked, what runs, what is next and when, when a person is needed.
import type { OpenAttempt, Rehearsal, Run } from './contract.ts';
import { count_steps, expected_begins, freshness, is_newest, is_over, next_steps, server_now } from './facts.ts';
import { Alerts, Shift } from './duty.tsx';
import { ModuleGrid } from './modules.tsx';
import { Output } from './output.tsx';
import { PromptCard } from './prompt.tsx';
import { href } from './route.ts';
import type { State } from './store.ts';
import { clock_text, countdown_text, length_text, ms_of, range_text } from './time.ts';
import { Card, Icon, Progress, RunBadge } from './ui.tsx';
import { RunControls } from './verbs.tsx';
import type { Wish } from './wishes.ts';

export interface ViewProps {
  s: State;
  run: Run;
  rehearsal: Rehearsal | null;
  ask: (wish: Wish) => void;
  told: (text: string) => void;
}

export function NowView(props: ViewProps) {
  const { s, run, told, ask } = props;
  return (
    <div class="columns">
      <div class="column">
        {run.prompts.map((prompt) => (
          <PromptCard key={prompt.id} prompt={prompt} s={s} told={told} />
        ))}
        {is_newest(s) && <Alerts s={s} run={run} ask={ask} />}
        <Running s={s} run={run} />
        <NextSteps {...props} />
      </div>
      <div class="column">
        {is_newest(s) && !is_over(run) && <RunControls s={s} ask={ask} />}
        <NextPerson s={s} run={run} />
        {is_newest(s) && !is_over(run) && <Shift s={s} run={run} ask={ask} />}
        <Whole s={s} run={run} />
        <Card title="Modules" extra={<a href={href(s.wanted, 'modules')}>All values</a>}>
          <ModuleGrid s={s} run={run} ask={ask} brief />
        </Card>
      </div>
    </div>
  );
}

function Running({ s, run }: { s: State; run: Run }) {
  const stopped_clock = !freshness(s).live || s.scheduler_alive === false;
  const titles = stopped_clock ? ['Nothing ran', 'Was running'] : ['Nothing runs', 'Running now'];
  const title = titles[run.open.length ? 1 : 0] ?? '';
  return (
    <Card title={title} extra={<RunBadge status={run.status} was={stopped_clock && !is_over(run)} />}>
      {run.open.length === 0 && <p class="why">{run.why || 'Nothing is running.'}</p>}
      {run.open.length > 0 && run.prompts.length === 0 && !['running'].includes(run.status) && <p class="why">{run.why}</p>}
      {run.open.map((open) => (
        <OpenStep key={`${open.list}${open.title}${open.attempt}`} open={open} s={s} run={run} />
      ))}
    </Card>
  );
}

function progress_of(open: OpenAttempt, ran_s: number): number | null {
  if (open.progress !== null) return open.progress;
  return open.expected_s ? Math.min(0.99, ran_s / open.expected_s) : null;
}

function OpenStep({ open, s, run }: { open: OpenAttempt; s: State; run: Run }) {
  const now = freshness(s).live ? server_now(s) : s.link.heard;
  const ran_s = (now - ms_of(open.started)) / 1000;
  const part = progress_of(open, ran_s);
  const guessed = open.progress === null;
  return (
    <div class="open">
      <h3>
        <a href={href(s.wanted, 'step', open.list, open.index)}>{open.title}</a>
        {open.list !== 'main' && <span class="quiet"> ({open.list.replace('_', ' ')})</span>}
      </h3>
      <div class="bar">
        <Progress value={part} label={`Progress of ${open.title}`} />
        <span class="figure">{part === null ? '' : `${guessed ? '~' : ''}${Math.round(part * 100)} %`}</span>
      </div>
      <p class="facts">
        <span>for {length_text(ran_s)}</span>
        {open.expected_s !== null && <span>usually takes {length_text(open.expected_s)}</span>}
        {open.remaining_s !== null && <span>waits {length_text(open.remaining_s)} more</span>}
        {open.attempt > 1 && <span>attempt {open.attempt}</span>}
        {open.asked_to_end && <span>asked to end ({open.asked_to_end})</span>}
      </p>
      {open.text && <p class="says">{open.text}</p>}
      {open.kind !== 'prompt' && (
        <Output run={run.run} list={open.list} index={open.index} attempt={open.attempt} label={`End of the output of ${open.title}`} live={freshness(s).live} small />
      )}
    </div>
  );
}

function NextPerson({ s, run }: { s: State; run: Run }) {
  const now = server_now(s);
  const zone = s.station ?? { zone: '', utc_offset_s: 0 };
  const person = run.eta?.next_person;
  const live = freshness(s).live && s.scheduler_alive !== false;
  if (is_over(run)) return null;
  if (run.prompts.length) {
    return (
      <Card title="Next person" tone="person">
        <p class="big">{live ? 'now' : 'not known'}</p>
        <p>{live ? 'The run waits for an answer.' : 'The run waited for an answer when it was last heard of.'}</p>
      </Card>
    );
  }
  if (!person) {
    return (
      <Card title="Next person" tone="person">
        <p class="middle">{run.eta ? 'nobody is needed any more' : 'not known yet'}</p>
      </Card>
    );
  }
  return (
    <Card title="Next person" tone="person">
      <p class="big" role="timer">
        {person.when && (live ? countdown_text(ms_of(person.when.likely), now) : `about ${clock_text(ms_of(person.when.likely), now, zone)}`)}
      </p>
      {!live && <p class="quiet">as foreseen {clock_text(s.link.heard, now, zone)}; no countdown without news</p>}
      {person.when && (
        <p>
          about {clock_text(ms_of(person.when.likely), now, zone)}
          {range_text(person.when, now, zone).includes(' to ') && <span class="quiet"> (between {range_text(person.when, now, zone).replace(' to ', ' and ')})</span>}
        </p>
      )}
      <p class="says">{person.what}</p>
      {run.eta && run.eta.questions_ahead > 1 && <p class="quiet">{run.eta.questions_ahead - 1} more later</p>}
    </Card>
  );
}

function Whole({ s, run }: { s: State; run: Run }) {
  const counts = count_steps(run.steps);
  const now = server_now(s);
  const zone = s.station ?? { zone: '', utc_offset_s: 0 };
  const past = counts.all - counts.ahead - counts.running;
  const end = run.eta?.end;
  return (
    <Card title={`Run ${run.run}`} extra={<a href={`/api/v1/runs/${run.run}/report.html`}>Report</a>}>
      {run.comment && <p>{run.comment}</p>}
      <div class="bar">
        <Progress value={counts.all ? past / counts.all : 0} label="Steps of the run that are over" />
        <span class="figure">
          {past} of {counts.all}
        </span>
      </div>
      <p class="facts">
        {counts.wrong > 0 && (
          <span class="bad-word">
            <Icon name="wrong" /> {counts.wrong} not done
          </span>
        )}
        {counts.skipped > 0 && <span>{counts.skipped} skipped</span>}
        {run.started && <span>began {clock_text(ms_of(run.started), now, zone)}</span>}
        {run.ended && <span>ended {clock_text(ms_of(run.ended), now, zone)}</span>}
      </p>
      {end && !is_over(run) && (
        <p>
          Ends about <strong>{clock_text(ms_of(end.likely), now, zone)}</strong>
          <span class="quiet"> ({range_text(end, now, zone)})</span>
        </p>
      )}
      {!run.verdicts_declared && <p class="quiet">No verdicts: nothing in this run declares a measurement.</p>}
      <p class="quiet path">{run.schedule}</p>
    </Card>
  );
}

function NextSteps({ s, run, rehearsal }: ViewProps) {
  const next = next_steps(run, 6);
  if (!next.length) return null;
  const begins = expected_begins(rehearsal);
  const now = server_now(s);
  const zone = s.station ?? { zone: '', utc_offset_s: 0 };
  return (
    <Card title="Next" extra={<a href={href(s.wanted, 'steps')}>All steps</a>}>
      <ol class="next">
        {next.map((step) => {
          const begin = begins.get(step.title);
          return (
            <li key={step.index}>
              <span class="when">{begin ? clock_text(begin, now, zone) : ''}</span>
              <a href={href(s.wanted, 'step', 'main', step.index)}>{step.title}</a>
              {step.kind === 'prompt' && (
                <span class="ask-word">
                  <Icon name="person" /> asks a person
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
