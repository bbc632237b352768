// One step: its attempts, what they measured against which limits, their output and artifacts, its verbs.
import { useMemo, useState } from 'preact/hooks';
import { get_if_there } from './api.ts';
import { Gallery } from './artifacts.tsx';
import type { Run, ShownAttempt, ShownStep } from './contract.ts';
import { freshness, is_newest, limits_text, mood_of_step, server_now, value_text, why_not_steer } from './facts.ts';
import { Output } from './output.tsx';
import { href } from './route.ts';
import type { State } from './store.ts';
import { length_text, ms_of, second_text } from './time.ts';
import { Badge, Card, StepBadge, Trouble, use_fetched, use_pages, use_slowly, VerdictBadge } from './ui.tsx';
import { StepMenu, step_wishes } from './step_menu.tsx';
import { WishButton } from './verbs.tsx';
import type { Wish } from './wishes.ts';

interface Props {
  s: State;
  run: Run;
  list: string;
  index: number;
  ask: (wish: Wish) => void;
}

export function StepView({ s, run, list, index, ask }: Props) {
  const open = run.open.find((one) => one.list === list && one.index === index);
  const row = list === 'main' ? run.steps[index] : undefined;
  const moved = use_slowly(`${row?.state}${row?.attempts}${open ? run.counters.reports : ''}`, 3);
  const shown = use_fetched(`${run.run}/${list}/${index}?${moved}`, () => get_if_there<ShownStep>(`/runs/${run.run}/steps/${list}/${index}`));
  const [picked, pick] = useState<number | null>(null);
  const [menu, open_menu] = useState(false);
  const attempts = shown.data?.attempts ?? [];
  const attempt = attempts.find((one) => one.attempt === picked) ?? attempts.at(-1);
  const title = row?.title ?? shown.data?.step.title ?? `Step ${index}`;
  const mood = row ? mood_of_step(row) : 'done';
  const why_not = why_not_steer(s);
  return (
    <>
      <Card title={title} tone="as-written" extra={row && <StepBadge mood={mood} word={row.state} />}>
        <p class="facts">
          <a href={href(s.wanted, 'steps')}>All steps</a>
          <span>step {index}</span>
          {(row?.task || shown.data) && <span>task {row?.task ?? shown.data?.step.task}</span>}
          {row && row.ran_s > 0 && <span>ran {length_text(row.ran_s)}</span>}
        </p>
        {row?.reason && <p class="says">{row.reason}</p>}
        {row?.environment && <p class="says">Not valid: {row.environment}</p>}
        <Trouble text={shown.error} />
        {!shown.busy && !shown.data && !shown.error && <p>The run has no such step.</p>}
        {row && is_newest(s) && (
          <div class="buttons">
            {step_wishes(row).course.map((wish) => (
              <WishButton key={wish.label} wish={wish} why_not={why_not} ask={ask} />
            ))}
            {step_wishes(row).plan.length > 0 && (
              <button type="button" aria-haspopup="dialog" onClick={() => open_menu(true)}>
                Edit the plan here
              </button>
            )}
          </div>
        )}
        {menu && row && <StepMenu step={row} s={s} run={run} ask={ask} close={() => open_menu(false)} />}
        {attempts.length > 1 && (
          <div class="segments" role="group" aria-label="Attempts">
            {attempts.map((one) => (
              <button type="button" key={one.attempt} aria-pressed={one === attempt} onClick={() => pick(one.attempt)}>
                Attempt {one.attempt}
              </button>
            ))}
          </div>
        )}
      </Card>
      {attempt && <Attempt s={s} run={run} list={list} index={index} attempt={attempt} open={open?.attempt === attempt.attempt} />}
    </>
  );
}

interface AttemptProps {
  s: State;
  run: Run;
  list: string;
  index: number;
  attempt: ShownAttempt;
  open: boolean;
}

const kWorst = ['failed', 'inconclusive', 'marginal', 'passed', 'not_run'];

function Attempt({ s, run, list, index, attempt, open }: AttemptProps) {
  const now = server_now(s);
  const zone = s.station ?? { zone: '', utc_offset_s: 0 };
  const output = (
    <Card title="Output" key="output">
      <Output run={run.run} list={list} index={index} attempt={attempt.attempt} label="What the step printed" live={open && freshness(s).live} />
    </Card>
  );
  return (
    <>
      <Card title={`Attempt ${attempt.attempt}`}>
        <p class="facts">
          {attempt.started && <span>began {second_text(ms_of(attempt.started), now, zone)}</span>}
          {attempt.ended && <span>ended {second_text(ms_of(attempt.ended), now, zone)}</span>}
          {attempt.outcome && <span>{attempt.outcome}</span>}
          {attempt.reason && <span>{attempt.reason}</span>}
        </p>
        {attempt.messages.length > 0 && (
          <ul class="messages">
            {attempt.messages.map((message, at) => (
              <li key={at}>
                {message.level !== 'info' && (
                  <Badge tone={message.level === 'critical' ? 'bad' : 'warn'} icon="warn">
                    {message.level}
                  </Badge>
                )}
                {message.text}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {open && output}
      {attempt.measurements.length > 0 && <Measurements measurements={attempt.measurements} />}
      <Gallery base={`/api/v1/runs/${run.run}/steps/${list}/${index}/attempts/${attempt.attempt}/artifacts`} names={attempt.artifacts} />
      {!open && output}
    </>
  );
}

/// The worst first.
function Measurements({ measurements }: { measurements: ShownAttempt['measurements'] }) {
  const measured = useMemo(
    () => measurements.slice().sort((a, b) => kWorst.indexOf(a.verdict) - kWorst.indexOf(b.verdict)),
    [measurements],
  );
  const { page, turner } = use_pages(measured, 50);
  return (
    <Card title="Measurements">
      <div class="wide" tabIndex={0} role="region" aria-label="Table of measurements">
        <table>
          <thead>
            <tr>
              <th scope="col">Module</th>
              <th scope="col">Measurement</th>
              <th scope="col" class="number">
                Value
              </th>
              <th scope="col">Limits</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {page.map((one, at) => (
              <tr key={at}>
                <td>
                  {one.module} {one.channel}
                </td>
                <td>{one.name}</td>
                <td class="number">{value_text(one.value, one.unit)}</td>
                <td>{limits_text(one)}</td>
                <td>
                  <VerdictBadge verdict={one.verdict} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {turner}
    </Card>
  );
}
