// Readings of the station, measurements against their limits, gain curves.
import { useMemo, useState } from 'preact/hooks';
import { get_if_there, query } from './api.ts';
import { Gallery } from './artifacts.tsx';
import type { Measurement, Run, ShownStep, Signal } from './contract.ts';
import { freshness, limits_text, value_text } from './facts.ts';
import { type Line, Plot } from './plot.tsx';
import type { Limit } from './plot_places.ts';
import { href } from './route.ts';
import type { State } from './store.ts';
import { kUtc, length_text, ms_of } from './time.ts';
import { Card, Trouble, use_fetched, use_slowly, VerdictBadge } from './ui.tsx';

export function PlotsView({ s, run }: { s: State; run: Run }) {
  return (
    <>
      <Readings s={s} />
      <Measured s={s} run={run} />
      <GainCurves run={run} wanted={s.wanted} />
    </>
  );
}

function Readings({ s }: { s: State }) {
  const signals = Object.values(s.signals).sort((a, b) => a.signal.localeCompare(b.signal));
  return (
    <Card title="Readings of the station">
      {signals.length === 0 && <p class="quiet">No readings in this run yet.</p>}
      {signals.map((signal) => (
        <Reading key={signal.signal} signal={signal} s={s} />
      ))}
    </Card>
  );
}

function Reading({ signal, s }: { signal: Signal; s: State }) {
  const lines = useMemo<Line[]>(() => [{ label: signal.signal, points: signal.points }], [signal]);
  const last = signal.points.at(-1);
  const age = last ? (s.clock + s.skew) / 1000 - last[0] : Number.NaN;
  return (
    <div class="reading" data-signal={signal.signal}>
      <h3>
        {signal.signal} <strong class="figure">{value_text(last?.[1], signal.unit)}</strong>{' '}
        <span class="quiet">
          read {length_text(age)} ago{freshness(s).live ? '' : ' (not connected)'}
        </span>
      </h3>
      <Plot label={signal.signal} unit={signal.unit} lines={lines} zone={s.station ?? kUtc} />
    </div>
  );
}

const kFirstChoice = ['dark_rate', 'temperature', 'hv', 'hv_for_1e7_gain'];

interface Answer {
  names: string[];
  measurements: Measurement[];
}

function Measured({ s, run }: { s: State; run: Run }) {
  const [picked, pick] = useState('');
  const [module, choose] = useState('');
  const reports = use_slowly(run.counters.reports, 5, String(run.run));
  const known = use_fetched(`${run.run}:names:${reports}`, () => get_if_there<Answer>(`/runs/${run.run}/measurements?latest=1`));
  const names = known.data?.names ?? [];
  const name = picked || kFirstChoice.find((one) => names.includes(one)) || names[0] || '';
  const asked = name ? `${run.run}:${name}:${module}:${reports}` : '';
  const answer = use_fetched(asked, () => get_if_there<Answer>(`/runs/${run.run}/measurements${query({ name, module })}`));
  const all = useMemo(() => (answer.data?.measurements ?? []).filter((one) => one.name === name), [answer.data, name]);
  const lines = useMemo(() => lines_of(all), [all]);
  const limits = useMemo(() => limits_of(all), [all]);
  return (
    <Card title="Measurements against limits">
      <div class="filters">
        <label class="field inline">
          <span>Measurement</span>
          <select value={name} onChange={(event) => pick(event.currentTarget.value)}>
            {names.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label class="field inline">
          <span>Module</span>
          <select value={module} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">all</option>
            {run.modules.map((one) => (
              <option key={one.serial}>{one.serial}</option>
            ))}
          </select>
        </label>
      </div>
      <Trouble text={known.error || answer.error} />
      {all.length === 0 && <p class="quiet">{answer.busy && name ? 'Asking...' : 'Nothing measured yet.'}</p>}
      {all.length > 0 && (
        <>
          <Plot label={name} unit={all[0]?.unit ?? ''} lines={lines} limits={limits} zone={s.station ?? kUtc} dots />
          <OutOfLimits measurements={all} wanted={s.wanted} />
        </>
      )}
    </Card>
  );
}

export function lines_of(measurements: Measurement[]): Line[] {
  const lines = new Map<string, Line>();
  for (const one of measurements) {
    const label = `${one.module} ${one.channel}`.trim();
    const line = lines.get(label) ?? { label, points: [], bad: new Set<number>() };
    const at = ms_of(one.at) / 1000;
    line.points.push([at, one.value]);
    if (one.verdict === 'failed') line.bad?.add(at);
    lines.set(label, line);
  }
  for (const line of lines.values()) line.points.sort((a, b) => a[0] - b[0]);
  return [...lines.values()].sort((a, b) => a.label.localeCompare(b.label));
}

/// The limits of the newest measurement: each once.
export function limits_of(measurements: Measurement[]): Limit[] {
  const newest = measurements.at(-1);
  if (!newest) return [];
  const limits: Limit[] = [];
  const add = (value: number | null | undefined, word: string, warning: boolean) => {
    if (typeof value === 'number') limits.push({ value, warning, label: `${word} ${value_text(value, newest.unit)}` });
  };
  add(newest.min, 'min', false);
  add(newest.max, 'max', false);
  add(newest.warn_min, 'warn min', true);
  add(newest.warn_max, 'warn max', true);
  return limits;
}

function OutOfLimits({ measurements, wanted }: { measurements: Measurement[]; wanted: number | 'newest' }) {
  const bad = measurements.filter((one) => one.verdict === 'failed' || one.verdict === 'marginal').slice(-20).reverse();
  if (!bad.length) return <p class="quiet">{measurements.length} values, none out of limits.</p>;
  return (
    <details>
      <summary>Out of or near their limits: {bad.length === 20 ? 'the newest 20' : bad.length}</summary>
      <ul class="messages">
        {bad.map((one, index) => (
          <li key={index}>
            <VerdictBadge verdict={one.verdict} /> {one.module} {one.channel} {value_text(one.value, one.unit)}{' '}
            <span class="quiet">({limits_text(one)})</span> <a href={href(wanted, 'step', 'main', one.index)}>{one.step}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/// The newest gain scan that has ended: its curves. Earlier ones by their step.
function GainCurves({ run, wanted }: { run: Run; wanted: number | 'newest' }) {
  const scans = run.steps.filter((step) => step.task === 'measure_gain' && step.attempts > 0);
  const [picked, pick] = useState(-1);
  const step = scans.find((one) => one.index === picked) ?? scans.findLast((one) => one.outcome === 'done') ?? scans.at(-1);
  const shown = use_fetched(step ? `${run.run}/${step.index}/${step.attempts}/${step.state}` : '', () =>
    get_if_there<ShownStep>(`/runs/${run.run}/steps/main/${step?.index}`),
  );
  const attempt = shown.data?.attempts.at(-1);
  if (!step) return null;
  return (
    <>
      <Card title="Gain scans">
        <div class="filters">
          <label class="field inline">
            <span>Scan</span>
            <select value={step.index} onChange={(event) => pick(Number(event.currentTarget.value))}>
              {scans.map((one) => (
                <option key={one.index} value={one.index}>
                  {one.title}
                </option>
              ))}
            </select>
          </label>
          <a href={href(wanted, 'step', 'main', step.index)}>The step</a>
        </div>
        <Trouble text={shown.error} />
      </Card>
      {attempt && (
        <Gallery
          key={`${step.index}.${attempt.attempt}`}
          title="Gain curves"
          base={`/api/v1/runs/${run.run}/steps/main/${step.index}/attempts/${attempt.attempt}/artifacts`}
          names={attempt.artifacts}
          start="gain.svg"
        />
      )}
    </>
  );
}
