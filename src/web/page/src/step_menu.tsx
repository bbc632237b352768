// What can be asked about one step of the queue, in one dialog.
import { useState } from 'preact/hooks';
import { get, sentence } from './api.ts';
import type { Run, ShownStep, Step } from './contract.ts';
import { mood_of_step, why_not_act, why_not_steer } from './facts.ts';
import { href } from './route.ts';
import type { State } from './store.ts';
import { Dialog, StepBadge, Trouble } from './ui.tsx';
import { WishButton } from './verbs.tsx';
import { change_wish, drop_wish, insert_wish, mark_wish, move_wish, redo_wish, skip_wish, type Wish } from './wishes.ts';

interface Props {
  step: Step;
  s: State;
  run: Run;
  ask: (wish: Wish) => void;
  close: () => void;
}

/// What can be asked about it, as it stands: of the engine's course, and of the plan.
export function step_wishes(step: Step): { course: Wish[]; plan: Wish[] } {
  const { title } = step;
  const mood = mood_of_step(step);
  if (mood === 'running') return { course: [skip_wish(title)], plan: [insert_wish('after', title)] };
  if (mood !== 'ahead') return { course: [redo_wish(title), ...(mood === 'done' ? [] : [mark_wish(title)])], plan: [] };
  const untouched = step.attempts === 0;
  const edits = untouched ? [insert_wish('before', title), insert_wish('after', title), move_wish(title), drop_wish(title)] : [insert_wish('after', title)];
  return { course: [skip_wish(title), mark_wish(title)], plan: edits };
}

export function StepMenu({ step, s, run, ask, close }: Props) {
  const [trouble, set_trouble] = useState('');
  const [busy, be_busy] = useState(false);
  const mood = mood_of_step(step);
  const { course, plan } = step_wishes(step);
  const why_not = why_not_act(s);
  const why_not_course = why_not_steer(s);
  const choose = (wish: Wish) => {
    close();
    ask(wish);
  };
  const change_keys = async () => {
    be_busy(true);
    try {
      const shown = await get<ShownStep>(`/runs/${run.run}/steps/main/${step.index}`);
      if (shown.step.title !== step.title) throw new Error('The plan has just changed; try again in a moment.');
      choose(change_wish(step.title, shown.step.keys ?? []));
    } catch (error) {
      set_trouble(sentence(error));
      be_busy(false);
    }
  };
  const shown_why = why_not || why_not_course;
  return (
    <Dialog title={`Step '${step.title}'`} on_close={close}>
      <p class="facts">
        <StepBadge mood={mood} word={step.state} />
        <span>step {step.index}</span>
        {step.task && <span>{step.task}</span>}
        <a href={href(s.wanted, 'step', 'main', step.index)} onClick={close}>
          All about it
        </a>
      </p>
      <div class="buttons menu">
        {course.map((wish) => (
          <WishButton key={wish.label} wish={wish} why_not={why_not_course} ask={choose} />
        ))}
        {plan.map((wish) => (
          <WishButton key={wish.label} wish={wish} why_not={why_not} ask={choose} />
        ))}
        {mood === 'ahead' && step.attempts === 0 && (
          <button type="button" data-verb="edit" disabled={busy || why_not !== ''} title={why_not || 'Change its keys'} onClick={() => void change_keys()}>
            Change keys
          </button>
        )}
      </div>
      {shown_why && <p class="quiet">{shown_why}</p>}
      <Trouble text={trouble} />
      <div class="buttons end">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
