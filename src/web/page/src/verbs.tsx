// The buttons of what a person can ask of the run, and the question that is asked once more before it is sent.
import { useEffect, useState } from 'preact/hooks';
import { post, sentence } from './api.ts';
import type { EditReply, Run, VerbReply } from './contract.ts';
import { next_steps, why_not_act, why_not_steer, why_not_touch } from './facts.ts';
import type { State } from './store.ts';
import { Dialog, Icon, Trouble } from './ui.tsx';
import { type Field, is_edit, is_of_bench, lock_wishes, path_of, run_wishes, skip_wish, type Values, type Wish, type WishRequest } from './wishes.ts';

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
        {lock_wishes(run, s.me).map((wish) => (
          <WishButton key={wish.label} wish={wish} why_not={why_not_act(s)} ask={ask} />
        ))}
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

/// What was filled in, and what is sent for it. Of an edit the server first says what it would change.
function use_wish({ wish, s, close, told }: AskProps) {
  const [values, fill] = useState<Values>(() => Object.fromEntries((wish.fields ?? []).map((field) => [field.name, field.begins])));
  const [reason, set_reason] = useState('');
  const [refused, refuse] = useState('');
  const [busy, be_busy] = useState(false);
  const [seen, see] = useState<EditReply | null>(null);
  const why_not = is_of_bench(wish.request) ? why_not_touch(s) : why_not_act(s);
  const send = async (request: WishRequest, dry_run: boolean) => {
    const body = { ...request, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    be_busy(true);
    refuse('');
    try {
      if (dry_run) {
        see(await post<EditReply>('/edits', { ...body, dry_run }));
      } else {
        const reply = await post<VerbReply>(path_of(request), body);
        told(reply.text);
        close();
      }
    } catch (error) {
      refuse(sentence(error));
      see(null);
    }
    be_busy(false);
  };
  const act = (dry_run: boolean) => {
    if (busy || why_not) return;
    const request = wish.filled ? wish.filled(values) : wish.request;
    if (typeof request === 'string') return refuse(request);
    if (wish.reason === 'must' && reason.trim() === '') return refuse('Please give a reason; it stands in the journal and the report.');
    void send(request, dry_run);
  };
  const change = (name: string, value: string) => {
    fill({ ...values, [name]: value });
    see(null);
  };
  useEffect(() => {
    if (is_edit(wish.request) && !wish.filled && !why_not) void send(wish.request, true); // nothing to fill in: shown at once
  }, []);
  return { values, change, reason, set_reason, refused: refused || why_not, blocked: busy || why_not !== '', seen, act };
}

/// The question before the act. A refusal stays in it; what was accepted closes it and is told. An edit has two buttons: neither a
/// double click nor Enter makes what was not shown.
export function AskOnce(props: AskProps) {
  const { wish, s, close } = props;
  const { values, change, reason, set_reason, refused, blocked, seen, act } = use_wish(props);
  const edits = is_edit(wish.request);
  const shown = seen !== null && seen.changes.length > 0;
  const submit = (event: Event) => {
    event.preventDefault();
    act(edits);
  };
  return (
    <Dialog title={wish.title} on_close={close}>
      <form onSubmit={submit} noValidate>
        <p>{wish.effect}</p>
        {s.station?.virtual && <p class="quiet">The station is virtual: nothing real is touched.</p>}
        {wish.fields && (
          <div class="fields">
            {wish.fields.map((field) => (field.shown?.(values) ?? true) && <FieldInput key={field.name} field={field} value={values[field.name] ?? ''} run={s.run} change={change} />)}
          </div>
        )}
        {wish.reason !== 'none' && (
          <label class="field">
            <span>Reason{wish.reason === 'must' ? ' (needed)' : ' (for the journal)'}</span>
            <input name="reason" value={reason} maxLength={500} autocomplete="off" onInput={(event) => set_reason(event.currentTarget.value)} />
          </label>
        )}
        <div role="status">{seen && <Changes seen={seen} />}</div>
        <Trouble text={refused} />
        <div class="buttons end">
          <button type="button" onClick={close}>
            Leave it
          </button>
          {edits && wish.filled && (
            <button type="submit" class={shown ? '' : 'solid'} disabled={blocked}>
              Show changes
            </button>
          )}
          <button type={edits ? 'button' : 'submit'} class={wish.danger ? 'danger solid' : 'solid'} data-yes disabled={blocked || (edits && !shown)} onClick={edits ? () => act(false) : undefined}>
            {wish.yes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Changes({ seen }: { seen: EditReply }) {
  return (
    <div class="changes">
      <p>{seen.changes.length ? 'This would change:' : 'Nothing would change.'}</p>
      <ul>
        {[...seen.changes, ...seen.notes].map((line, at) => (
          <li key={at}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

interface FieldProps {
  field: Field;
  value: string;
  run: Run | null;
  change: (name: string, value: string) => void;
}

const kMostTitles = 300;
const kShortValue = 24;

function FieldInput({ field, value, run, change }: FieldProps) {
  const { name, kind, help } = field;
  const id = `field-${name.replace(/\W/g, '-')}`;
  const set = (event: { currentTarget: { value: string } }) => change(name, event.currentTarget.value);
  const titles = kind === 'step' && run ? next_steps(run, kMostTitles) : [];
  const common = { id, name, value, 'aria-describedby': help ? `${id}-help` : undefined };
  return (
    <div class={`field ${kind} ${field.begins.length > kShortValue ? 'long-value' : ''}`}>
      <p>
        <label for={id}>{field.label}</label>
        {help && (
          <span class="quiet" id={`${id}-help`}>
            {help}
          </span>
        )}
      </p>
      {kind === 'choice' && (
        <select {...common} onChange={set}>
          {(field.choices ?? []).map(([word, label]) => (
            <option key={word} value={word} selected={word === value}>
              {label}
            </option>
          ))}
        </select>
      )}
      {kind === 'lines' && <textarea {...common} rows={3} spellcheck={false} onInput={set} />}
      {(kind === 'line' || kind === 'step') && <input {...common} autocomplete="off" spellcheck={false} list={titles.length ? 'titles-to-come' : undefined} onInput={set} />}
      {titles.length > 0 && (
        <datalist id="titles-to-come">
          {titles.map((step) => (
            <option key={step.index} value={step.title} />
          ))}
        </datalist>
      )}
    </div>
  );
}
