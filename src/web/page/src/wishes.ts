// The run -> what a person can ask of it: in which words, with which fields, as which request. Pure.
import type { Alert, Channel, EditRequest, Interlock, InterlockRequest, Me, Run, SettingRequest, StepKey, VerbRequest } from './contract.ts';

/// One thing to fill in before the act.
export interface Field {
  name: string;
  label: string;
  kind: 'line' | 'lines' | 'choice' | 'step'; ///< step: a line with the titles to come
  begins: string; ///< what stands in it at first
  choices?: readonly (readonly [value: string, label: string])[];
  help?: string;
  shown?: (values: Values) => boolean;
}

export type Values = Record<string, string>;

export type WishRequest = VerbRequest | EditRequest | SettingRequest | InterlockRequest;

export interface Wish {
  verb: string;
  label: string; ///< of the button that opens the question
  title: string;
  effect: string;
  yes: string;
  reason: 'none' | 'may' | 'must';
  danger: boolean;
  request: WishRequest;
  fields?: Field[];
  /// The request with what was filled in; a text says what is missing.
  filled?: (values: Values) => WishRequest | string;
}

export function is_edit(request: WishRequest): request is EditRequest {
  return 'commands' in request || 'undo' in request;
}

/// Where a request goes.
export function path_of(request: WishRequest): '/edits' | '/verbs' | '/bench/settings' | '/bench/interlocks' {
  if (is_edit(request)) return '/edits';
  if ('channel' in request) return '/bench/settings';
  return 'name' in request ? '/bench/interlocks' : '/verbs';
}

/// It is about the bench, whichever run is shown.
export function is_of_bench(request: WishRequest): boolean {
  return path_of(request).startsWith('/bench');
}

function running_steps(run: Run): string {
  return run.open.length ? run.open.map((open) => `'${open.title}'`).join(', ') : 'nothing';
}

/// The verbs of the run as a whole that its status allows.
export function run_wishes(run: Run): Wish[] {
  const running = run.open.length ? `after the running step (${running_steps(run)})` : 'at once';
  const pausing = run.status === 'pausing' || run.pending.some((text) => text.includes('pause'));
  const stopping = run.status === 'stopping' || run.pending.some((text) => text.includes('stop'));
  const wishes: Wish[] = [];
  const add = (wish: Omit<Wish, 'request'> & { request?: Partial<VerbRequest> }) =>
    wishes.push({ ...wish, request: { verb: wish.verb, ...wish.request } });
  if (run.status === 'paused' || run.status === 'suspended') {
    add({ verb: 'continue', label: 'Continue', title: 'Continue the run?', yes: 'Continue', reason: 'none', danger: false, effect: 'The next step starts at once.' });
  } else if (pausing) {
    add({ verb: 'pause', label: 'Take back the pause', title: 'Take back the pause?', yes: 'Do not pause', reason: 'none', danger: false, effect: 'The run goes on behind the running step as if nobody had asked.', request: { cancel: true } });
  } else {
    add({ verb: 'pause', label: 'Pause', title: 'Pause the run?', yes: 'Pause', reason: 'may', danger: false, effect: `The run pauses ${running}. The bench stays as it is; "Continue" goes on.` });
  }
  if (stopping) {
    add({ verb: 'stop', label: 'Take back the stop', title: 'Take back the stop?', yes: 'Do not stop', reason: 'none', danger: false, effect: 'The run goes on behind the running step as if nobody had asked.', request: { cancel: true } });
  } else {
    add({ verb: 'stop', label: 'Stop', title: 'Stop the run?', yes: 'Stop the run', reason: 'may', danger: true, effect: `The run ends ${running} and the safe state is entered. \`fatmaster resume\` in a terminal goes on later.` });
  }
  wishes.push(abort_step_wish(running_steps(run)));
  add({ verb: 'abort', label: 'Abort run', title: 'Abort the whole run?', yes: 'Abort the run', reason: 'may', danger: true, effect: `${running_steps(run)} is ended now, then the safe state is entered. What it measured may be lost.` });
  add({ verb: 'halt', label: 'Halt', title: 'Halt: kill everything at once?', yes: 'Halt now', reason: 'may', danger: true, effect: `${running_steps(run)} is killed without a chance to tidy up, then the safe state is entered. For danger to people or hardware.` });
  return wishes;
}

const kThen = [
  ['pause', 'the run pauses'],
  ['retry', 'the step is tried again'],
  ['continue', 'the run goes on without it'],
] as const;

function abort_step_wish(running: string): Wish {
  return {
    verb: 'abort-step',
    label: 'Abort step',
    title: 'Abort the running step?',
    yes: 'Abort the step',
    reason: 'may',
    danger: true,
    effect: `${running} is ended now: first asked to end, then killed.`,
    request: { verb: 'abort-step', then: 'pause' },
    fields: [{ name: 'then', label: 'And then', kind: 'choice', begins: 'pause', choices: kThen }],
    filled: ({ then }) => ({ verb: 'abort-step', ...(then ? { then } : {}) }),
  };
}

export function skip_wish(title: string): Wish {
  return { verb: 'skip', label: 'Skip', title: `Skip '${title}'?`, yes: 'Skip the step', reason: 'must', danger: true, effect: 'The step does not run; a running one is ended first. Its results will be missing; the reason stands in the report.', request: { verb: 'skip', step: title } };
}

export function redo_wish(title: string): Wish {
  return { verb: 'redo', label: 'Do again', title: `Do '${title}' again?`, yes: 'Do it again', reason: 'may', danger: false, effect: 'The step runs once more. Its earlier attempts are kept.', request: { verb: 'redo', step: title } };
}

const kOutcomes = [
  ['done', 'done: its effect is there'],
  ['failed', 'failed: its effect is not there'],
] as const;

export function mark_wish(title: string): Wish {
  return {
    verb: 'mark',
    label: 'Mark',
    title: `Say how '${title}' ended?`,
    yes: 'Mark the step',
    reason: 'must',
    danger: true,
    effect: 'The step counts as you say without running. Only when you know what is true.',
    request: { verb: 'mark', step: title, value: 'done' },
    fields: [{ name: 'outcome', label: 'It counts as', kind: 'choice', begins: 'done', choices: kOutcomes }],
    filled: ({ outcome }) => ({ verb: 'mark', step: title, value: outcome ?? 'done' }),
  };
}

export function quarantine_wish(serial: string): Wish {
  return { verb: 'quarantine', label: 'Quarantine', title: `Put ${serial} into quarantine?`, yes: 'Quarantine', reason: 'must', danger: true, effect: 'It takes no part in the steps that start from now on. The run goes on with the others.', request: { verb: 'quarantine', value: serial } };
}

export function release_wish(serial: string): Wish {
  return { verb: 'release', label: 'Release', title: `Release ${serial} from quarantine?`, yes: 'Release', reason: 'may', danger: false, effect: 'It takes part again in the steps that start from now on. What it has missed is not done again by itself.', request: { verb: 'release', value: serial } };
}

const kLengths = [
  ['900', '15 minutes'],
  ['1800', '30 minutes'],
  ['3600', '1 hour'],
  ['14400', '4 hours'],
  ['86400', '24 hours'],
] as const;

const kLockFields: Field[] = [
  { name: 'note', label: 'What others are told', kind: 'line', begins: '', help: 'such as: hands in the freezer' },
  { name: 'length', label: 'For', kind: 'choice', begins: '3600', choices: kLengths },
];
const kLockEffect = 'Only you change the course of the run from now on; others are refused and told your note. Abort and halt are never barred. It ends by itself.';

function lock_request(values: Values, take_over: boolean): VerbRequest {
  const note = (values['note'] ?? '').trim();
  return { verb: 'lock', length_s: Number(values['length'] ?? 3600), ...(note ? { value: note } : {}), ...(take_over ? { take_over } : {}) };
}

/// Whether the lock is held by who looks; null: that cannot be told.
export function holds_lock(run: Run, me: Me | null): boolean | null {
  if (!run.lock) return false;
  return me?.user ? run.lock.who.startsWith(`${me.user} (web)`) : null;
}

/// Only for a channel that can be set.
export function set_wish(channel: Channel): Wish {
  const { name, unit, settable } = channel;
  const value: Field = settable?.switch
    ? { name: 'value', label: 'To', kind: 'choice', begins: channel.value === 1 ? 'off' : 'on', choices: [['on', 'on'], ['off', 'off']] }
    : { name: 'value', label: `To (${unit || 'a number'})`, kind: 'line', begins: '', help: `from ${settable?.low} to ${settable?.high}` };
  const request = (text: string) => ({ channel: name, value: settable?.switch || !unit || /[a-z%]/i.test(text) ? text : `${text} ${unit}` });
  return {
    verb: 'set',
    label: 'Set',
    title: `Set ${name}`,
    yes: 'Set it',
    reason: 'none',
    danger: true,
    effect: `${channel.instrument} is told, and asked whether it did. An interlock that holds it keeps it where it is.`,
    request: request(''),
    fields: [value],
    filled: (values) => ((values['value'] ?? '').trim() ? request((values['value'] ?? '').trim()) : 'Please fill in a value.'),
  };
}

/// What a person can tell an interlock, as it stands.
export function interlock_wishes(interlock: Interlock): Wish[] {
  const { name, phase, overridden } = interlock;
  if (phase === null) return [];
  const add = (wish: Omit<Wish, 'request' | 'danger'> & { danger?: boolean }, verb: InterlockRequest['verb']): Wish => ({ danger: false, ...wish, request: { name, verb } });
  const wishes: Wish[] = [];
  if (phase === 'latched') wishes.push(add({ verb: 'reset', label: 'Reset', title: `Reset interlock ${name}?`, yes: 'Reset', reason: 'may', effect: 'Its condition is gone; what it holds is let go. Find out first why it tripped.' }, 'reset'));
  if (overridden) return [...wishes, add({ verb: 'clear', label: 'In force again', title: `Put interlock ${name} in force again?`, yes: 'In force', reason: 'none', effect: 'It acts again from now on.' }, 'clear')];
  const filled = (values: Values): WishRequest => ({ name, verb: 'override', length_s: Number(values['length'] ?? 900) });
  const override: Wish = { ...add({ verb: 'override', label: 'Override', title: `Override interlock ${name}?`, yes: 'Override', reason: 'must', danger: true, effect: 'It does nothing for that long, whatever happens. Shown everywhere and marked in what is measured meanwhile.', fields: [{ name: 'length', label: 'For', kind: 'choice', begins: '900', choices: kLengths }] }, 'override'), filled };
  return [...wishes, override];
}

/// Lock, unlock, take over: what makes sense for who looks.
export function lock_wishes(run: Run, me: Me | null): Wish[] {
  const lock: Wish = { verb: 'lock', label: 'Lock', title: 'Lock the control?', yes: 'Lock', reason: 'none', danger: false, effect: kLockEffect, request: { verb: 'lock' }, fields: kLockFields, filled: (values) => lock_request(values, false) };
  if (!run.lock) return [lock];
  const unlock: Wish = { verb: 'unlock', label: 'Unlock', title: 'Give the control back?', yes: 'Unlock', reason: 'may', danger: false, effect: 'Everybody who may act can change the course of the run again.', request: { verb: 'unlock' } };
  const take: Wish = { ...lock, label: 'Take over the lock', title: `Take the control from ${run.lock.who}?`, yes: 'Take over', reason: 'must', danger: true, effect: `${run.lock.note ? `Their note: ${run.lock.note}. ` : ''}Ask first: hands may be where the run moves something. ${kLockEffect}`, filled: (values) => lock_request(values, true) };
  const mine = holds_lock(run, me);
  return mine === null ? [unlock, take] : mine ? [unlock] : [take];
}

export function acknowledge_wish(alert: Alert): Wish {
  const next = alert.next ? ` Else ${alert.next} is called.` : '';
  return { verb: 'ack', label: 'Acknowledge', title: 'Have you seen it, and do you see to it?', yes: 'Acknowledge', reason: 'none', danger: false, effect: `"${alert.text}" Nobody else is called for it; a question still waits for its answer.${next}`, request: { verb: 'ack', value: alert.id } };
}

export function shift_wish(people: string[], acts: string): Wish {
  const begins = people.find((name) => name !== acts) ?? people[0] ?? '';
  const choices = people.map((name) => [name, name === acts ? `${name} (acts now)` : name] as const);
  return {
    verb: 'shift',
    label: 'Hand over',
    title: 'Who acts at the station from now on?',
    yes: 'Hand over',
    reason: 'none',
    danger: false,
    effect: `${acts ? `${acts} acts now. ` : ''}Who takes the shift is told first when something needs a person, and gets a report of what happened since the last hand-over.`,
    request: { verb: 'shift', value: begins, hand_over: true },
    fields: [
      { name: 'person', label: 'Takes the shift', kind: 'choice', begins, choices },
      { name: 'report', label: 'Report of what happened', kind: 'choice', begins: 'yes', choices: [['yes', 'send it to them'], ['no', 'not needed: a shift begins']] },
    ],
    filled: (values) => ({ verb: 'shift', value: values['person'] ?? begins, hand_over: values['report'] !== 'no' }),
  };
}

/// "timeout = 2 h" line by line -> words of the command line, or what is wrong.
export function words_of_keys(text: string): string[] | string {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.trim()) continue;
    const equals = line.indexOf('=');
    const name = line.slice(0, equals).trim();
    if (equals < 1 || !name || name.startsWith('-')) return `'${line.trim()}' is not KEY = VALUE, such as timeout = 2 h`;
    words.push(`${name}=${line.slice(equals + 1).trim()}`);
  }
  return words;
}

const kPlaces = [
  ['front', 'next: right behind what runs or has run'],
  ['before', 'before another step'],
  ['after', 'after another step'],
  ['end', 'at the end'],
] as const;

const is_beside = (values: Values) => values['place'] === 'before' || values['place'] === 'after';

function place_fields(place: string, step: string): Field[] {
  return [
    { name: 'place', label: 'Where', kind: 'choice', begins: place, choices: kPlaces },
    { name: 'beside', label: 'Which other step', kind: 'step', begins: step, help: 'its title', shown: is_beside },
  ];
}

const kMore: Field = { name: 'more', label: 'Other keys', kind: 'lines', begins: '', help: 'one a line, as in a schedule: timeout = 2 h' };
const kWorks = [
  ['command', 'a command'],
  ['task', 'a built-in task'],
  ['python', 'a Python function'],
  ['like', 'a copy of another step'],
] as const;
const kWorkLabels: Values = { command: 'Command', task: 'Name of the task', python: 'Name of the function', like: 'Title of that step' };

function words_of_insert(values: Values): EditRequest | string {
  const what = values['what'] ?? 'command';
  const work = (values['work'] ?? '').trim();
  const beside = (values['beside'] ?? '').trim();
  const keys = words_of_keys(values['more'] ?? '');
  if (!work) return `Please fill in: ${kWorkLabels[what]}.`;
  if (is_beside(values) && !beside) return 'Please say beside which other step.';
  if (typeof keys === 'string') return keys;
  const where = is_beside(values) ? [`--${values['place']}`, beside] : ['--at', values['place'] ?? 'front'];
  const words = ['insert', ...where, what === 'python' ? '--task' : `--${what}`, work];
  const chosen = (values['package'] ?? '').trim();
  if (what === 'python' && !chosen) return 'Please fill in: Python package.';
  if (what === 'python') words.push('--package', chosen);
  const title = (values['title'] ?? '').trim();
  return { commands: [[...words, ...(title ? ['--title', title] : []), ...keys]] };
}

/// A new step `place` (before, after) `step`, or next without one.
export function insert_wish(place = 'front', step = ''): Wish {
  return {
    verb: 'insert',
    label: place === 'before' ? 'Insert before' : place === 'after' ? 'Insert after' : 'Insert a step',
    title: step ? `Insert a step ${place} '${step}'` : 'Insert a step',
    yes: 'Insert it',
    reason: 'may',
    danger: false,
    effect: 'It is checked as a schedule is. Nothing changes before you have seen what would.',
    request: { commands: [] },
    fields: [
      { name: 'what', label: 'What runs', kind: 'choice', begins: 'command', choices: kWorks },
      { name: 'work', label: 'Command, task, function or title', kind: 'line', begins: '' },
      { name: 'package', label: 'Python package', kind: 'line', begins: '', shown: ({ what }) => what === 'python' },
      { name: 'title', label: 'Title', kind: 'line', begins: '', help: 'left out: made from what it does' },
      kMore,
      ...place_fields(place, step),
    ],
    filled: words_of_insert,
  };
}

export function move_wish(title: string): Wish {
  return {
    verb: 'move',
    label: 'Move',
    title: `Move '${title}'`,
    yes: 'Move it',
    reason: 'may',
    danger: false,
    effect: 'The step comes earlier or later. Nothing changes before you have seen what would.',
    request: { commands: [] },
    fields: place_fields('front', ''),
    filled: (values) => {
      const beside = (values['beside'] ?? '').trim();
      if (is_beside(values) && !beside) return 'Please say beside which other step.';
      return { commands: [['move', title, is_beside(values) ? `${values['place']}:${beside}` : (values['place'] ?? 'front')]] };
    },
  };
}

export function drop_wish(title: string): Wish {
  return { verb: 'drop', label: 'Drop', title: `Drop '${title}'?`, yes: 'Drop the step', reason: 'may', danger: true, effect: 'The step is taken out of the plan and does not run. The last edit can be taken back.', request: { commands: [['drop', title]] } };
}

/// A field for each key that stands in the step; one that is emptied is taken out of it.
export function change_wish(title: string, keys: StepKey[]): Wish {
  const filled = (values: Values): EditRequest | string => {
    const more = words_of_keys(values['more'] ?? '');
    if (typeof more === 'string') return more;
    const words = ['edit', title];
    for (const { name, value } of keys) {
      const now = values[`key ${name}`] ?? value;
      if (now === value) continue;
      words.push(...(now.trim() === '' ? ['--unset', name] : [`${name}=${now}`]));
    }
    words.push(...more);
    return words.length > 2 ? { commands: [words] } : 'Nothing is changed yet.';
  };
  const fields = keys.map(({ name, value }): Field => ({ name: `key ${name}`, label: name, kind: value.includes('\n') ? 'lines' : 'line', begins: value }));
  return { verb: 'edit', label: 'Change keys', title: `Change keys of '${title}'`, yes: 'Change it', reason: 'may', danger: false, effect: 'As in a schedule; an empty field leaves the key out. Nothing changes before you have seen what would.', request: { commands: [] }, fields: [...fields, kMore], filled };
}

export function undo_wish(): Wish {
  return { verb: 'undo', label: 'Take back the last edit', title: 'Take back the last edit?', yes: 'Take it back', reason: 'may', danger: false, effect: 'The plan becomes what it was before the newest edit that still stands.', request: { undo: true } };
}
