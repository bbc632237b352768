// The control API, version 1, as the page reads it. A field the page does not use is not named here.

export type Role = 'viewer' | 'operator' | 'expert';

export interface Me {
  user: string | null;
  role: Role | null;
  users: boolean;
}

export interface Station {
  name: string;
  virtual: boolean;
  zone: string;
  utc_offset_s: number;
  version: string;
  now: string;
  newest_run: number | null;
  scheduler: { alive: boolean; pid?: number; host?: string };
  people?: string[]; ///< who can take the shift
  bench?: boolean; ///< station.ini declares channels, interlocks or services
}

/// One channel of the bench as it stands now.
export interface Channel {
  name: string;
  instrument: string;
  quantity: string;
  unit: string;
  value: number | null; ///< null: there is none that may be believed
  state: 'ok' | 'none' | 'failed' | 'out of range' | 'stale' | 'lent';
  why: string;
  at: string | null;
  age_s: number | null;
  low: number | null; ///< what lies beyond is not believed
  high: number | null;
  settable: { switch: boolean; low: number; high: number } | null;
}

export interface Interlock {
  name: string;
  action: string;
  phase: 'clear' | 'tripped' | 'latched' | null; ///< null: nobody evaluates it
  text: string; ///< why it is not clear, or what it objects to
  trips?: number;
  overridden?: { who: string; reason: string; left_s: number } | null;
}

export interface Lease {
  instrument: string;
  who: string;
  purpose: string;
  use: 'orders' | 'link' | 'panel';
  left_s: number;
}

/// A module's power or a chiller, as its channels show it.
export interface Machine {
  name: string;
  kind: 'module_power' | 'chiller';
  group: string;
  state: string | null; ///< null: nobody watches it
  why: string;
  since_s: number;
}

export interface Service {
  name: string; ///< group:name
  phase: 'STOPPED' | 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'EXITED' | 'FATAL' | 'UNKNOWN';
  wanted: boolean; ///< it is to run
  pid: number;
  since_s: number; ///< in that phase
  restarted: number;
  why: string; ///< how it ended last
}

export interface Bench {
  watched: boolean;
  trouble: string; ///< why nothing can be shown; empty: nothing is wrong
  channels: Channel[];
  interlocks: Interlock[];
  machines: Machine[];
  groups: { name: string; state: string }[];
  leases: Lease[];
  supervised: boolean; ///< somebody looks after the services
  services: Service[];
}

export interface SettingRequest {
  channel: string;
  value: string;
}

export interface InterlockRequest {
  name: string;
  verb: 'override' | 'clear' | 'reset';
  length_s?: number;
}

export interface TimeRange {
  early: string;
  likely: string;
  late: string;
}

export interface HumanAction {
  step: string;
  what: string;
  when: TimeRange | null;
}

export interface Eta {
  end: TimeRange | null;
  next_person: HumanAction | null;
  then_person: HumanAction | null;
  questions_ahead: number;
  estimated_steps: number;
  guessed_steps: number;
}

export interface OpenAttempt {
  list: string;
  title: string;
  attempt: number;
  index: number;
  kind: string;
  started: string;
  background: boolean;
  progress: number | null;
  text: string;
  expected_s: number | null;
  remaining_s: number | null;
  asked_to_end: string | null;
}

export interface Prompt {
  id: number;
  purpose: string;
  kind: 'ok' | 'choice' | 'number' | 'text';
  step: string;
  text: string;
  choices: string[];
  default: string;
  reason_required: boolean;
  expected: string;
  asked?: string | null;
  deadline?: string | null;
}

export type Verdict = 'not_run' | 'passed' | 'marginal' | 'inconclusive' | 'failed';

export interface Module {
  serial: string;
  verdict: Verdict;
  steps_with_result: number;
  steps_planned: number;
  reason: string;
  quarantined: boolean;
  quarantine: string;
}

export interface Step {
  index: number;
  title: string;
  task: string;
  kind: string;
  state: string;
  outcome: string | null;
  attempts: number;
  started: string | null;
  ended: string | null;
  ran_s: number;
  reason: string;
  environment: string;
}

/// A question or a critical message that a person has to see.
export interface Alert {
  id: string;
  text: string;
  since: string;
  acknowledged_by: string; ///< empty: nobody yet
  called: string[];
  next: string; ///< who is called next
  next_at: string | null;
}

export interface Shift {
  person: string;
  since: string | null;
}

export interface Counters {
  mark: string;
  events: number;
  plan: number;
  steps: number;
  prompts: number;
  reports: number;
}

/// A run without its step table: what the event stream sends.
export interface Status {
  run: number;
  status: string;
  why: string;
  schedule: string;
  virtual: boolean;
  started: string | null;
  ended: string | null;
  exit_code: number | null;
  eta: Eta | null;
  plan_version: number;
  lock: { who: string; note: string; until: string } | null;
  shift?: Shift;
  alerts?: Alert[];
  counters: Counters;
  pending: string[];
  prompts: Prompt[];
  open: OpenAttempt[];
  verdicts_declared: boolean;
  modules: Module[];
  comment?: string;
  /// Rows of the step table that changed since the status before; absent: ask for the whole table.
  moved?: Step[];
}

export interface Run extends Status {
  steps: Step[];
}

export interface RunLine {
  run: number;
  status: string;
  why: string;
  started: string | null;
  ended: string | null;
  exit_code: number | null;
  schedule: string;
  virtual: boolean;
  comment: string;
}

export interface JournalEvent {
  id: number;
  at: string;
  who: string;
  kind: string;
  body: Record<string, unknown>;
  text?: string;
  level?: string;
}

export interface Measurement {
  at: string;
  step: string;
  index: number;
  attempt: number;
  module: string;
  channel: string;
  name: string;
  value: number | null;
  unit: string;
  min?: number | null;
  max?: number | null;
  warn_min?: number | null;
  warn_max?: number | null;
  verdict: Verdict;
}

export interface Signal {
  signal: string;
  unit: string;
  points: [number, number][];
}

export interface Milestone {
  kind: 'person' | 'temperature' | 'end' | string;
  at: string;
  range: TimeRange | null;
  step: string;
  text: string;
  celsius: number | null;
  at_night: boolean;
}

export interface RehearsedAttempt {
  list: string;
  index: number;
  title: string;
  attempt: number;
  kind: string;
  began: string;
  ended: string;
  outcome: string;
}

export interface Rehearsal {
  run: number;
  start: string;
  end: string;
  range: TimeRange | null;
  length_s: number;
  milestones: Milestone[];
  attempts: RehearsedAttempt[];
}

export interface ShownAttempt {
  attempt: number;
  started: string | null;
  ended: string | null;
  outcome: string | null;
  reason: string;
  ran: number;
  measurements: Omit<Measurement, 'at' | 'step' | 'index' | 'attempt'>[];
  messages: { level: string; text: string }[];
  artifacts: string[];
}

/// As a section of a schedule says it.
export interface StepKey {
  name: string;
  value: string;
}

export interface ShownStep {
  step: { list: string; index: number; title: string; task: string; kind: string; state: string; keys?: StepKey[] };
  attempts: ShownAttempt[];
  decisions: unknown[];
}

export interface LogbookEntry {
  at: string;
  who: string;
  text: string;
  reason?: string;
  attachments: string[];
}

export interface VerbRequest {
  verb: string;
  step?: string;
  value?: string;
  reason?: string;
  prompt?: number;
  then?: string;
  cancel?: boolean;
  length_s?: number;
  take_over?: boolean;
  hand_over?: boolean;
}

/// Edits in the words of the command line, or the last one taken back.
export interface EditRequest {
  commands?: string[][];
  undo?: boolean;
}

export interface VerbReply {
  accepted: boolean;
  text: string;
}

export interface EditReply extends VerbReply {
  changes: string[]; ///< a line for each step that is or would be another
  notes: string[];
}
