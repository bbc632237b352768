// The state -> what a view says: how fresh it is, what is next and when, what may be done. Pure.
import type { Me, Measurement, Rehearsal, Run, Status, Step } from './contract.ts';
import type { State } from './store.ts';
import { ms_of } from './time.ts';

/// Longer silence than this on the stream (three of the server's beats) is a lost connection.
export const kSilence = 16_000;

export interface Freshness {
  live: boolean;
  age_s: number; ///< of what is shown, seconds
  since: number; ///< the server's moment it is from, ms; 0: nothing is shown yet
}

export function freshness(state: State): Freshness {
  const silence = state.clock - state.link.heard_here;
  const live = state.link.state === 'live' && silence < kSilence;
  return {
    live,
    age_s: state.link.heard_here ? Math.max(0, silence / 1000) : 0,
    since: state.link.heard,
  };
}

/// The server's clock now, as far as this device knows.
export function server_now(state: State): number {
  return state.clock + state.skew;
}

const kFinal = ['completed', 'stopped', 'aborted', 'broken'];

export function is_over(run: Status): boolean {
  return kFinal.includes(run.status);
}

/// A run that should have a scheduler and has none.
export function is_orphan(state: State): boolean {
  return state.scheduler_alive === false && state.run !== null && state.run.status !== 'idle' && !is_over(state.run);
}

export function is_newest(state: State): boolean {
  return state.wanted === 'newest' || state.wanted === state.station?.newest_run;
}

export function may_act(me: Me | null): boolean {
  return me?.role === 'operator' || me?.role === 'expert';
}

/// Empty: the bench can be asked for something. Else why not.
export function why_not_touch(state: State): string {
  if (!may_act(state.me)) return 'You are looking on (viewer). Log in as an operator to act.';
  return freshness(state).live ? '' : 'Not connected: nothing can be asked for now.';
}

/// Empty: a verb can be sent. Else why not, for the person who would like to.
export function why_not_act(state: State): string {
  const why = why_not_touch(state);
  if (why) return why;
  if (!is_newest(state)) return 'This is an older run: only the newest one can be steered.';
  return '';
}

/// The same for verbs that only a living scheduler carries out.
export function why_not_steer(state: State): string {
  const why = why_not_act(state);
  if (why) return why;
  if (state.run && is_over(state.run)) return `The run is ${state.run.status}.`;
  return state.scheduler_alive ? '' : 'No scheduler is running: `fatmaster resume` in a terminal goes on.';
}

export interface StepCounts {
  all: number;
  done: number;
  running: number;
  wrong: number; ///< errored, interrupted, aborted
  skipped: number;
  ahead: number;
}

export function count_steps(steps: Step[]): StepCounts {
  const counts = { all: steps.length, done: 0, running: 0, wrong: 0, skipped: 0, ahead: 0 };
  for (const step of steps) counts[mood_of_step(step)]++;
  return counts;
}

export type StepMood = 'done' | 'running' | 'wrong' | 'skipped' | 'ahead';

export function mood_of_step(step: Step): StepMood {
  if (step.outcome === 'done') return 'done';
  if (step.outcome === 'skipped') return 'skipped';
  if (step.outcome) return 'wrong';
  return step.state === 'pending' ? 'ahead' : 'running';
}

/// Begin of each step still to come, by title, as the newest rehearsal sees it.
export function expected_begins(rehearsal: Rehearsal | null): Map<string, number> {
  const begins = new Map<string, number>();
  for (const attempt of rehearsal?.attempts ?? []) {
    if (attempt.list === 'main' && !begins.has(attempt.title)) begins.set(attempt.title, ms_of(attempt.began));
  }
  return begins;
}

export function next_steps(run: Run, most: number): Step[] {
  const found: Step[] = [];
  for (const step of run.steps) {
    if (mood_of_step(step) !== 'ahead') continue;
    found.push(step);
    if (found.length === most) break;
  }
  return found;
}

/// Which rows match what was typed and chosen; the index of each in `steps`.
export function filter_steps(steps: Step[], show: 'all' | 'ahead' | 'wrong' | 'done', typed: string): Step[] {
  const wanted = typed.trim().toLowerCase();
  return steps.filter((step) => {
    const mood = mood_of_step(step);
    const shown =
      show === 'all' || mood === show || (show === 'ahead' && mood === 'running') || (show === 'done' && mood === 'skipped');
    return shown && (!wanted || `${step.title} ${step.task} ${step.state}`.toLowerCase().includes(wanted));
  });
}

/// Which rows of a long list are drawn: a screenful and some rows around it.
export function window_of(count: number, row: number, top: number, height: number): { from: number; to: number } {
  const spare = 8;
  const from = Math.max(0, Math.min(count, Math.floor(top / row) - spare));
  return { from, to: Math.min(count, Math.ceil((top + height) / row) + spare) };
}

export interface Phase {
  name: string;
  from: number;
  to: number;
  steps: number;
  wrong: number;
}

export const kSafeState = 'safe state';

/// Attempts in a row that share the first part of their title ("to -40/gain" -> "to -40").
export function phases_of(attempts: Rehearsal['attempts']): Phase[] {
  const phases: Phase[] = [];
  for (const attempt of attempts) {
    const name = attempt.list === 'main' ? (attempt.title.split('/')[0] ?? '') : kSafeState;
    const from = ms_of(attempt.began);
    const to = ms_of(attempt.ended);
    const wrong = ['done', 'skipped'].includes(attempt.outcome) ? 0 : 1;
    const last = phases.at(-1);
    if (last && last.name === name) {
      last.to = Math.max(last.to, to);
      last.steps++;
      last.wrong += wrong;
    } else {
      phases.push({ name, from, to, steps: 1, wrong });
    }
  }
  return phases;
}

/// What the run's own step table says, in the rehearsal's form: what was, without what is to come.
export function past_attempts(run: Run, now: number): Rehearsal['attempts'] {
  const past: Rehearsal['attempts'] = [];
  for (const step of run.steps) {
    if (!step.started) continue;
    past.push({
      list: 'main',
      index: step.index,
      title: step.title,
      attempt: step.attempts,
      kind: step.kind,
      began: step.started,
      ended: step.ended ?? new Date(now).toISOString(),
      outcome: step.outcome ?? 'done',
    });
  }
  return past.sort((a, b) => ms_of(a.began) - ms_of(b.began));
}

export interface Latest {
  label: string;
  value: Measurement;
}

const kGrid: { label: string; names: string[] }[] = [
  { label: 'Temperature', names: ['temperature', 'module_temperature'] },
  { label: 'HV', names: ['hv', 'hv0', 'hv1', 'hv_for_1e7_gain'] },
  { label: 'Dark rate', names: ['dark_rate', 'dark_count_rate', 'scaler_rate'] },
];

/// Temperature, HV and dark rate of one module from the newest of each measurement, a row per channel.
export function grid_values(latest: Measurement[], serial: string): Latest[] {
  const of = latest.filter((one) => one.module === serial);
  const channels = [...new Set(of.map((one) => one.channel))].sort();
  return kGrid.flatMap(({ label, names }) =>
    channels.flatMap((channel) => {
      const here = of.filter((one) => one.channel === channel);
      const value = names.map((name) => here.find((one) => one.name === name)).find((one) => one);
      return value ? [{ label: channel ? `${label} ${channel}` : label, value }] : [];
    }),
  );
}

/// The newest of each module, channel and name.
export function newest_of_each(measurements: Measurement[]): Measurement[] {
  const newest = new Map<string, Measurement>();
  for (const one of measurements) newest.set(`${one.module}\n${one.channel}\n${one.name}`, one);
  return [...newest.values()];
}

/// "1409.7 V", "272": four figures that matter, never a wall of digits.
export function value_text(value: number | null | undefined, unit = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'no value';
  const size = Math.abs(value);
  let text: string;
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) text = value.toExponential(2);
  else if (Number.isInteger(value)) text = String(value);
  else text = value.toFixed(size >= 1000 ? 1 : size >= 100 ? 1 : size >= 1 ? 2 : 4);
  return unit ? `${text} ${unit}` : text;
}

/// "1000 to 2000 V", "at most 2600 Hz"; empty without limits.
export function limits_text(one: { min?: number | null; max?: number | null; unit: string }): string {
  const low = one.min ?? null;
  const high = one.max ?? null;
  if (low !== null && high !== null) {
    return low === high ? `exactly ${value_text(low, one.unit)}` : `${value_text(low)} to ${value_text(high, one.unit)}`;
  }
  if (low !== null) return `at least ${value_text(low, one.unit)}`;
  return high !== null ? `at most ${value_text(high, one.unit)}` : '';
}
