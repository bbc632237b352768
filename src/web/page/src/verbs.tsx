// What a person can ask of the run, each with what it will do, asked once more before it is sent.
import { useState } from 'preact/hooks';
import { post, sentence } from './api.ts';
import type { Run, VerbReply, VerbRequest } from './contract.ts';
import { why_not_act, why_not_steer } from './facts.ts';
import type { State } from './store.ts';
import { Dialog, Icon, Trouble } from './ui.tsx';

export interface Wish {
  verb: string;
  label: string; ///< of the button that opens the question
  title: string;
  effect: string;
  yes: string;
  reason: 'none' | 'may' | 'must';
  danger: boolean;
  request: VerbRequest;
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
  add({ verb: 'abort-step', label: 'Abort step', title: 'Abort the running step?', yes: 'Abort the step', reason: 'may', danger: true, effect: `${running_steps(run)} is ended now: first asked to end, then killed. The run then pauses.`, request: { then: 'pause' } });
  add({ verb: 'abort', label: 'Abort run', title: 'Abort the whole run?', yes: 'Abort the run', reason: 'may', danger: true, effect: `${running_steps(run)} is ended now, then the safe state is entered. What it measured may be lost.` });
  add({ verb: 'halt', label: 'Halt', title: 'Halt: kill everything at once?', yes: 'Halt now', reason: 'may', danger: true, effect: `${running_steps(run)} is killed without a chance to tidy up, then the safe state is entered. For danger to people or hardware.` });
  return wishes;
}

export function skip_wish(title: string): Wish {
  return { verb: 'skip', label: 'Skip', title: `Skip '${title}'?`, yes: 'Skip the step', reason: 'must', danger: true, effect: 'The step does not run; a running one is ended first. Its results will be missing; the reason stands in the report.', request: { verb: 'skip', step: title } };
}

export function redo_wish(title: string): Wish {
  return { verb: 'redo', label: 'Do again', title: `Do '${title}' again?`, yes: 'Do it again', reason: 'may', danger: false, effect: 'The step runs once more. Its earlier attempts are kept.', request: { verb: 'redo', step: title } };
}

export function mark_wish(title: string): Wish {
  return { verb: 'mark', label: 'Mark as done', title: `Mark '${title}' as done?`, yes: 'Mark as done', reason: 'must', danger: true, effect: 'The step counts as done without running. Only when you know that its effect is there.', request: { verb: 'mark', step: title, value: 'done' } };
}

export function quarantine_wish(serial: string): Wish {
  return { verb: 'quarantine', label: 'Quarantine', title: `Put ${serial} into quarantine?`, yes: 'Quarantine', reason: 'must', danger: true, effect: 'It takes no part in the steps that start from now on. The run goes on with the others.', request: { verb: 'quarantine', value: serial } };
}

export function release_wish(serial: string): Wish {
  return { verb: 'release', label: 'Release', title: `Release ${serial} from quarantine?`, yes: 'Release', reason: 'may', danger: false, effect: 'It takes part again in the steps that start from now on. What it has missed is not done again by itself.', request: { verb: 'release', value: serial } };
}

/// A button for the verb; `why_not` says why it cannot be pressed.
export function WishButton({ wish, why_not, ask }: { wish: Wish; why_not: string; ask: (wish: Wish) => void }) {
  return (
    <button type="button" class={wish.danger ? 'danger' : ''} data-verb={wish.verb} disabled={why_not !== ''} title={why_not || wish.title} onClick={() => ask(wish)}>
      {wish.label}
    </button>
  );
}

export function RunControls({ s, ask }: { s: State; ask: (wish: Wish) => void }) {
  const run = s.run;
  if (!run) return null;
  const why_not = why_not_steer(s);
  const wishes = run_wishes(run);
  const running = run.open.find((open) => !open.background) ?? run.open[0];
  const gentle = wishes.filter((wish) => ['pause', 'continue', 'stop'].includes(wish.verb));
  const hard = wishes.filter((wish) => !gentle.includes(wish));
  return (
    <section class="card controls" aria-label="Steer the run">
      <div class="buttons">
        {gentle.map((wish) => (
          <WishButton key={wish.label} wish={wish} why_not={why_not} ask={ask} />
        ))}
        {running && <WishButton wish={{ ...skip_wish(running.title), label: 'Skip step' }} why_not={why_not} ask={ask} />}
      </div>
      <details>
        <summary>When something is wrong</summary>
        <div class="buttons">
          {hard.map((wish) => (
            <WishButton key={wish.label} wish={wish} why_not={why_not} ask={ask} />
          ))}
        </div>
      </details>
      {run.pending.length > 0 && (
        <p class="pending">
          <Icon name="pause" /> Asked for: {run.pending.join('; ')}
        </p>
      )}
      {run.lock && (
        <p class="pending">
          <Icon name="person" /> {run.lock.who} has the control{run.lock.note ? `: ${run.lock.note}` : ''}
        </p>
      )}
      {why_not && <p class="quiet">{why_not}</p>}
    </section>
  );
}

interface AskProps {
  wish: Wish;
  s: State;
  close: () => void;
  told: (text: string) => void;
}

/// The question before the act. A refusal stays in it; what was accepted closes it and is told.
export function AskOnce({ wish, s, close, told }: AskProps) {
  const [reason, set_reason] = useState('');
  const [refused, refuse] = useState('');
  const [busy, be_busy] = useState(false);
  const why_not = why_not_act(s);
  const lacks_reason = wish.reason === 'must' && reason.trim() === '';
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy || why_not) return;
    if (lacks_reason) return refuse('Please give a reason; it stands in the journal and the report.');
    be_busy(true);
    try {
      const reply = await post<VerbReply>('/verbs', { ...wish.request, ...(reason.trim() ? { reason: reason.trim() } : {}) });
      told(reply.text);
      close();
    } catch (error) {
      refuse(sentence(error));
      be_busy(false);
    }
    return undefined;
  };
  return (
    <Dialog title={wish.title} on_close={close}>
      <form onSubmit={send} noValidate>
        <p>{wish.effect}</p>
        {s.station?.virtual && <p class="quiet">The station is virtual: nothing real is touched.</p>}
        {wish.reason !== 'none' && (
          <label class="field">
            <span>Reason{wish.reason === 'must' ? ' (needed)' : ' (for the journal)'}</span>
            <input name="reason" value={reason} maxLength={500} autocomplete="off" onInput={(event) => set_reason(event.currentTarget.value)} />
          </label>
        )}
        <Trouble text={refused || why_not} />
        <div class="buttons end">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class={wish.danger ? 'danger solid' : 'solid'} disabled={busy || why_not !== ''}>
            {wish.yes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
