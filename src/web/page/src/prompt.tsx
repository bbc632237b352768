// An open question of the run: its text, its buttons, the reason, and what became of an answer.
import { useState } from 'preact/hooks';
import { ApiError, get, post, query, sentence } from './api.ts';
import type { JournalEvent, Prompt, VerbReply } from './contract.ts';
import { freshness, is_newest, may_act, server_now } from './facts.ts';
import type { State } from './store.ts';
import { countdown_text, ms_of } from './time.ts';
import { Icon, Trouble } from './ui.tsx';

/// The answers that are a button; none for a number or a line of text.
export function buttons_of(prompt: Prompt): string[] {
  if (prompt.kind === 'ok') return ['yes', 'no'];
  return prompt.kind === 'choice' ? prompt.choices : [];
}

function no_act(s: State): string {
  if (!may_act(s.me)) return 'You are looking on: an operator has to answer.';
  if (!freshness(s).live) return 'Not connected: this question may have been answered meanwhile.';
  return is_newest(s) ? '' : 'This is an older run.';
}

/// Why an answer was refused: who was first, where somebody was.
async function who_was_first(prompt: Prompt, refused: unknown): Promise<string> {
  const asked = query({ kind: 'prompt_answered', newest: 1, limit: 50 });
  const known = await get<{ events: JournalEvent[] }>(`/runs/newest/events${asked}`).catch(() => null);
  const first = known?.events.find((event) => event.body['id'] === prompt.id);
  return first ? `Question ${prompt.id} was answered already: "${String(first.body['value'])}" by ${first.who}.` : sentence(refused);
}

/// Sends an answer; what came of it stands in `trouble` or is told.
function use_answer(prompt: Prompt, s: State, told: (text: string) => void) {
  const [reason, set_reason] = useState('');
  const [trouble, set_trouble] = useState('');
  const [busy, be_busy] = useState(false);
  const why_not = no_act(s);
  const answer = async (value: string) => {
    if (busy || why_not) return;
    if (prompt.reason_required && !reason.trim()) return set_trouble('Please give a reason first; this question needs one.');
    if (!value.trim()) return set_trouble(`Please answer with ${prompt.expected}.`);
    be_busy(true);
    set_trouble('');
    try {
      const said = reason.trim() ? { reason: reason.trim() } : {};
      const reply = await post<VerbReply>('/verbs', { verb: 'answer', prompt: prompt.id, value, ...said });
      told(reply.text);
    } catch (error) {
      const why = error instanceof ApiError && error.status === 409 ? await who_was_first(prompt, error) : sentence(error);
      set_trouble(why);
      told(why); // the question may be gone from the page by now
    }
    be_busy(false);
    return undefined;
  };
  return { reason, set_reason, trouble: trouble || why_not, blocked: busy || why_not !== '', answer };
}

interface Props {
  prompt: Prompt;
  s: State;
  told: (text: string) => void;
}

export function PromptCard({ prompt, s, told }: Props) {
  const deadline = ms_of(prompt.deadline);
  const text_id = `question-${prompt.id}`;
  return (
    <section class="card prompt" aria-labelledby={text_id} data-prompt={prompt.id}>
      <p class="prompt-head">
        <Icon name="person" /> The run asks {prompt.step ? `at '${prompt.step}'` : ''} (question {prompt.id})
      </p>
      <h2 id={text_id}>{prompt.text}</h2>
      {Number.isFinite(deadline) && (
        <p>
          {prompt.default ? `"${prompt.default}" is taken` : 'The time to answer is over'} {countdown_text(deadline, server_now(s))}.
        </p>
      )}
      <AnswerForm prompt={prompt} s={s} told={told} />
      {prompt.purpose === 'manual_input' && <p class="quiet">"no" stops the run.</p>}
    </section>
  );
}

function AnswerForm({ prompt, s, told }: Props) {
  const { reason, set_reason, trouble, blocked, answer } = use_answer(prompt, s, told);
  const [line, set_line] = useState(prompt.default);
  const buttons = buttons_of(prompt);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!buttons.length) void answer(line);
  };
  return (
    <form onSubmit={submit}>
      {!buttons.length && (
        <label class="field">
          <span>Answer ({prompt.expected})</span>
          <input name="answer" value={line} inputMode={prompt.kind === 'number' ? 'decimal' : 'text'} autocomplete="off" onInput={(event) => set_line(event.currentTarget.value)} />
        </label>
      )}
      <label class="field">
        <span>Reason{prompt.reason_required ? ' (needed)' : ' (if you like)'}</span>
        <input name="reason" value={reason} maxLength={500} autocomplete="off" onInput={(event) => set_reason(event.currentTarget.value)} />
      </label>
      <div class="buttons">
        {buttons.map((value) => (
          <button type="button" key={value} class={value === 'no' || value === 'stop' ? '' : 'solid'} disabled={blocked} onClick={() => void answer(value)}>
            {value}
          </button>
        ))}
        {!buttons.length && (
          <button type="submit" class="solid" disabled={blocked}>
            Answer
          </button>
        )}
      </div>
      <Trouble text={trouble} />
    </form>
  );
}
