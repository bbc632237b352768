// What the page knows: API events in, the next state out. Pure; the clock comes in with `tick`.
import type { JournalEvent, Me, Run, RunLine, Signal, Station, Status, Step } from './contract.ts';
import { ms_of } from './time.ts';

export type LinkState = 'connecting' | 'live' | 'lost';

export interface Link {
  state: LinkState;
  heard: number; ///< server's moment of what is shown, ms; 0: never
  heard_here: number; ///< the same moment by this device's clock
  retry_at: number; ///< by this device's clock; 0: not waiting
  why: string;
}

export interface State {
  clock: number; ///< this device's clock, ms, moved by `tick`
  skew: number; ///< server minus device, ms
  me: Me | null;
  station: Station | null;
  link: Link;
  scheduler_alive: boolean | null;
  connections: number; ///< how often the stream has been opened; what was asked for before may be old
  wanted: number | 'newest';
  run: Run | null;
  run_missing: string; ///< why there is no run to show
  waiting: Status[]; ///< statuses that came before the run's table did
  stale_table: boolean; ///< steps moved in a way that only a reload shows
  last_event: number;
  events: JournalEvent[]; ///< of this connection, oldest first, bounded
  signals: Record<string, Signal>;
  reported: number; ///< grows with every report of measurements
  runs: RunLine[] | null;
}

export type Action =
  | { type: 'tick'; clock: number }
  | { type: 'me'; me: Me | null }
  | { type: 'station'; station: Station; clock: number }
  | { type: 'connecting' }
  | { type: 'hello'; now: string; scheduler_alive: boolean; run: number | null; clock: number }
  | { type: 'alive'; now: string; clock: number }
  | { type: 'lost'; why: string; retry_at: number }
  | { type: 'journal'; event: JournalEvent; clock: number }
  | { type: 'status'; status: Status; clock: number }
  | { type: 'scheduler'; alive: boolean }
  | { type: 'run'; run: Run }
  | { type: 'no_run'; why: string }
  | { type: 'newer_run'; run: number }
  | { type: 'reload' }
  | { type: 'wanted'; wanted: number | 'newest' }
  | { type: 'signals'; signals: Signal[] }
  | { type: 'runs'; runs: RunLine[] };

const kMostEvents = 1000;
const kMostPoints = 4000;

export function first_state(clock: number, wanted: number | 'newest' = 'newest'): State {
  return {
    clock,
    skew: 0,
    me: null,
    station: null,
    link: { state: 'connecting', heard: 0, heard_here: 0, retry_at: 0, why: '' },
    scheduler_alive: null,
    connections: 0,
    wanted,
    ...nothing_of_a_run(),
    runs: null,
  };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'tick':
      return { ...state, clock: action.clock };
    case 'me':
      return { ...state, me: action.me };
    case 'station':
      return {
        ...state,
        station: action.station,
        scheduler_alive: state.scheduler_alive ?? action.station.scheduler.alive, // the stream knows better: this may be older
        skew: ms_of(action.station.now) - action.clock,
        clock: action.clock,
      };
    case 'connecting':
      return { ...state, link: { ...state.link, state: 'connecting', retry_at: 0 } };
    case 'hello':
      return {
        ...heard(state, action.now, action.clock),
        scheduler_alive: action.scheduler_alive,
        connections: state.connections + 1,
      };
    case 'alive':
      return heard(state, action.now, action.clock);
    case 'lost':
      return {
        ...state,
        link: { ...state.link, state: 'lost', why: action.why, retry_at: action.retry_at },
      };
    case 'journal':
      return with_event(heard_something(state, action.clock), action.event);
    case 'status':
      return with_status(heard_something(state, action.clock), action.status);
    case 'scheduler':
      return { ...state, scheduler_alive: action.alive };
    case 'run':
      return with_run(state, action.run);
    case 'no_run':
      return { ...state, run: null, run_missing: action.why };
    case 'newer_run':
      return state.wanted === 'newest' ? { ...state, ...nothing_of_a_run() } : state;
    case 'reload':
      return { ...state, ...nothing_of_a_run(), run: state.run, stale_table: true };
    case 'wanted':
      return action.wanted === state.wanted ? state : { ...state, ...nothing_of_a_run(), wanted: action.wanted };
    case 'signals':
      return { ...state, signals: with_signals(state.signals, action.signals) };
    case 'runs':
      return { ...state, runs: action.runs };
  }
}

/// What hangs on the run shown, when none is; the link and the station do not.
function nothing_of_a_run() {
  return {
    run: null,
    run_missing: '',
    waiting: [],
    stale_table: false,
    last_event: 0,
    events: [],
    signals: {},
    reported: 0,
  };
}

function heard(state: State, now: string, clock: number): State {
  const server = ms_of(now);
  const link: Link = { state: 'live', heard: server, heard_here: clock, retry_at: 0, why: '' };
  return { ...state, clock, skew: server - clock, link };
}

function heard_something(state: State, clock: number): State {
  const link: Link = { ...state.link, state: 'live', heard: clock + state.skew, heard_here: clock };
  return { ...state, clock, link };
}

function with_event(state: State, event: JournalEvent): State {
  if (event.id <= state.last_event) return state; // told twice after a reconnection
  const events = [...state.events, event];
  if (events.length > kMostEvents) events.splice(0, events.length - kMostEvents);
  const next: State = { ...state, events, last_event: event.id };
  if (event.kind === 'signal_read') return with_reading(next, event);
  return event.kind === 'attempt_reported' ? { ...next, reported: next.reported + 1 } : next;
}

function with_reading(state: State, event: JournalEvent): State {
  const { signal, value, unit, at_us } = event.body;
  if (typeof signal !== 'string' || typeof value !== 'number') return state;
  const at = typeof at_us === 'number' ? at_us / 1e6 : ms_of(event.at) / 1000;
  const points: [number, number][] = [[at, value]];
  const one = { signal, unit: typeof unit === 'string' ? unit : '', points };
  return { ...state, signals: with_signals(state.signals, [one]) };
}

/// The union by time; of two readings of one moment the newer stays.
function with_signals(known: Record<string, Signal>, more: Signal[]): Record<string, Signal> {
  const all = { ...known };
  for (const signal of more) {
    const by_time = new Map(all[signal.signal]?.points ?? []);
    for (const [at, value] of signal.points) by_time.set(at, value);
    const points = [...by_time].sort((a, b) => a[0] - b[0]).slice(-kMostPoints);
    all[signal.signal] = { ...signal, points };
  }
  return all;
}

function with_status(state: State, status: Status): State {
  const run = state.run;
  if (!run || run.run !== status.run) {
    return { ...state, waiting: [...state.waiting, status].slice(-100) };
  }
  if (is_older(status, run)) return state;
  const table_moved =
    status.counters.steps !== run.counters.steps || status.counters.plan !== run.counters.plan;
  const rows = status.counters.plan === run.counters.plan ? status.moved : undefined;
  const { moved: _moved, ...rest } = status;
  return {
    ...state,
    run: { ...run, ...rest, steps: rows ? with_rows(run.steps, rows) : run.steps },
    stale_table: state.stale_table || (table_moved && !rows),
  };
}

function is_older(status: Status, run: Status): boolean {
  return status.counters.events < run.counters.events;
}

function with_rows(steps: Step[], rows: Step[]): Step[] {
  if (rows.length === 0) return steps;
  const next = steps.slice();
  for (const row of rows) next[row.index] = row;
  return next;
}

/// The whole table has come; the statuses that came meanwhile are played on it. A table older than
/// what the stream has told since is shown, and asked for once more.
function with_run(state: State, run: Run): State {
  const known = state.run?.run === run.run ? state.run : null;
  const behind = known !== null && is_older(run, known);
  let next: State = {
    ...state,
    run: behind ? { ...known, steps: run.steps } : run,
    run_missing: '',
    waiting: [],
    stale_table: behind && run.counters.steps !== known.counters.steps,
  };
  for (const status of known ? [] : state.waiting) next = with_status(next, status);
  return next;
}
