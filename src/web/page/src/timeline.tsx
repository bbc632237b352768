// The run against its rehearsal: what was planned at the start, what was, what is expected; every milestone.
import { useMemo } from 'preact/hooks';
import { get_if_there } from './api.ts';
import type { Milestone, Rehearsal } from './contract.ts';
import { kSafeState, type Phase, past_attempts, phases_of, server_now } from './facts.ts';
import type { ViewProps } from './now.tsx';
import { clock_text, full_text, kUtc, length_text, ms_of, range_text, type Zone } from './time.ts';
import { Card, Icon, use_fetched } from './ui.tsx';

const kWidth = 1000;

export function TimelineView({ s, run, rehearsal }: ViewProps) {
  const planned = use_fetched(`${run.run}:start`, () => get_if_there<Rehearsal>(`/runs/${run.run}/rehearsal?as_of=start`));
  const now = server_now(s);
  const zone = s.station ?? kUtc;
  const minute = Math.floor(now / 60_000) * 60_000;
  const past = useMemo(() => phases_of(past_attempts(run, minute)), [run.steps, minute]);
  const ahead = useMemo(
    () => phases_of((rehearsal?.attempts ?? []).filter((attempt) => ms_of(attempt.ended) > minute)).map((phase) => ({ ...phase, from: Math.max(phase.from, minute) })),
    [rehearsal, minute],
  );
  const first = useMemo(() => phases_of(planned.data?.attempts ?? []), [planned.data]);
  const all = [...past, ...ahead, ...first];
  const from = all.reduce((least, phase) => Math.min(least, phase.from), now);
  const to = all.reduce((most, phase) => Math.max(most, phase.to), now + 60_000);
  const x = (at: number) => Math.max(0, Math.min(kWidth, ((at - from) / (to - from)) * kWidth));
  return (
    <Card title="Timeline">
      {first.length > 0 && <Lane title="Rehearsed at the start" parts={[{ kind: 'first', phases: first }]} x={x} now={now} zone={zone} />}
      <Lane
        title="The run: what was, and what is expected (dashed)"
        parts={[
          { kind: 'past', phases: past },
          { kind: 'ahead', phases: ahead },
        ]}
        x={x}
        now={now}
        zone={zone}
      />
      <Ticks from={from} to={to} now={now} zone={zone} />
      {!rehearsal && <p class="quiet">There is no rehearsal of this run: only what was is shown.</p>}
      {rehearsal && !planned.data && !planned.busy && <p class="quiet">No rehearsal from the start is kept; milestones have nothing to be compared with.</p>}
      <Phases was={[...past, ...ahead]} planned={first} now={now} zone={zone} />
      {rehearsal && <Milestones now_seen={rehearsal.milestones} planned={planned.data?.milestones ?? []} now={now} zone={zone} />}
    </Card>
  );
}

interface LaneProps {
  title: string;
  parts: { kind: 'first' | 'past' | 'ahead'; phases: Phase[] }[];
  x: (at: number) => number;
  now: number;
  zone: Zone;
}

function Lane({ title, parts, x, now, zone }: LaneProps) {
  const phases = parts.flatMap((part) => part.phases.map((phase) => ({ ...phase, kind: part.kind })));
  const text = phases.map((phase) => `${phase.name} ${clock_text(phase.from, now, zone)} to ${clock_text(phase.to, now, zone)}`).join('; ');
  return (
    <div class="lane">
      <h3>{title}</h3>
      <svg viewBox={`0 0 ${kWidth} 40`} preserveAspectRatio="none" role="img" aria-label={`${title}: ${text || 'nothing'}`}>
        {phases.map((phase, index) => {
          const wide = Math.max(1.5, x(phase.to) - x(phase.from));
          return (
            <g key={index}>
              <title>{`${phase.name}: ${full_text(phase.from, zone)}, ${length_text((phase.to - phase.from) / 1000)}, ${phase.steps} steps`}</title>
              <rect class={`phase ${phase.kind} ${index % 2 ? 'odd' : ''}`} x={x(phase.from)} y={4} width={wide} height={32} />
              {phase.wrong > 0 && <rect class="phase-wrong" x={x(phase.from)} y={0} width={wide} height={5} />}
            </g>
          );
        })}
        <line class="now-line" x1={x(now)} x2={x(now)} y1={0} y2={40} />
      </svg>
    </div>
  );
}

/// When each phase begins: rehearsed, and as it was or is expected.
function Phases({ was, planned, now, zone }: { was: Phase[]; planned: Phase[]; now: number; zone: Zone }) {
  const before = new Map(planned.map((phase) => [phase.name, phase.from]));
  const rows = new Map<string, Phase>();
  for (const phase of was) {
    if (phase.name === kSafeState) continue; // it runs whenever the run rests
    const known = rows.get(phase.name);
    rows.set(phase.name, known ? { ...known, wrong: known.wrong + phase.wrong } : phase);
  }
  return (
    <details open={innerWidth > 620}>
      <summary>Phases</summary>
      <div class="wide" tabIndex={0} role="region" aria-label="Table of phases">
        <table class="compare">
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col">Began or begins</th>
              <th scope="col">Rehearsed</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {[...rows.values()].map((phase) => {
              const first = before.get(phase.name);
              return (
                <tr key={phase.name}>
                  <td>
                    {phase.name}
                    {phase.wrong > 0 && (
                      <span class="bad-word">
                        {' '}
                        <Icon name="wrong" /> {phase.wrong} not done
                      </span>
                    )}
                  </td>
                  <td>
                    {phase.from > now ? 'about ' : ''}
                    {clock_text(phase.from, now, zone)}
                  </td>
                  <td>{first ? clock_text(first, now, zone) : ''}</td>
                  <td>{first ? difference_text((phase.from - first) / 1000) : ''}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Ticks({ from, to, now, zone }: { from: number; to: number; now: number; zone: Zone }) {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => from + part * (to - from));
  return (
    <p class="ticks" aria-hidden="true">
      {marks.map((at) => (
        <span key={at}>{clock_text(at, now, zone)}</span>
      ))}
    </p>
  );
}

const kIcons: Record<string, string> = { person: 'person', temperature: 'cold', end: 'flag' };

function Milestones({ now_seen, planned, now, zone }: { now_seen: Milestone[]; planned: Milestone[]; now: number; zone: Zone }) {
  const before = new Map(planned.map((one) => [`${one.kind}/${one.step}`, ms_of(one.at)]));
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="Table of milestones">
      <table class="compare">
        <thead>
          <tr>
            <th scope="col">Milestone</th>
            <th scope="col">Was or is expected</th>
            <th scope="col">Rehearsed</th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {now_seen.map((one) => {
            const at = ms_of(one.at);
            const likely = one.range && at > now ? ms_of(one.range.likely) : at;
            const first = before.get(`${one.kind}/${one.step}`);
            return (
              <tr key={`${one.kind}${one.step}${one.at}`}>
                <td>
                  <Icon name={kIcons[one.kind] ?? 'flag'} /> {one.text}
                  {one.at_night && <span class="warn-word"> (at night)</span>}
                </td>
                <td>
                  {at > now ? 'about ' : ''}
                  {clock_text(likely, now, zone)}
                  {one.range && at > now && <span class="quiet"> ({range_text(one.range, now, zone)})</span>}
                </td>
                <td>{first ? clock_text(first, now, zone) : ''}</td>
                <td>{first ? difference_text((likely - first) / 1000) : ''}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function difference_text(seconds: number): string {
  if (Math.abs(seconds) < 60) return 'as rehearsed';
  return `${length_text(Math.round(Math.abs(seconds) / 60) * 60)} ${seconds > 0 ? 'later' : 'earlier'}`;
}
