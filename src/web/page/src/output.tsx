// The end of an attempt's output, followed while it grows; earlier parts on demand.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get_if_there, query, sentence } from './api.ts';
import { Trouble } from './ui.tsx';

interface Part {
  text: string;
  offset: number;
  next: number;
  size: number;
  ended: boolean;
}

const kTail = 16 * 1024;
const kMost = 512 * 1024;
const kPeriod = 2000;

interface Props {
  run: number;
  list: string;
  index: number;
  attempt: number;
  label: string;
  live: boolean; ///< ask again while it has not ended
  small?: boolean;
}

/// `part` behind `old`; of a very long text the end is kept.
function added(part: Part, old: Part | null): Part {
  if (!old) return part;
  const text = old.text + part.text;
  if (text.length <= kMost) return { ...part, text, offset: old.offset };
  const end = text.slice(-kMost);
  return { ...part, text: end, offset: part.next - new TextEncoder().encode(end).length };
}

/// The output's end, then what is added to it; `earlier` puts more in front.
function use_output({ run, list, index, attempt, live, small }: Props) {
  const [shown, show] = useState<Part | null>(null);
  const [trouble, set_trouble] = useState('');
  const path = `/runs/${run}/steps/${list}/${index}/attempts/${attempt}/output`;
  const current = useRef(path);
  const held = useRef<Part | null>(null);

  /// What comes after the path or the text have changed belongs to nobody.
  const ask = async (where: Record<string, number>, keep: (part: Part, old: Part | null) => Part) => {
    const old = held.current;
    try {
      const part = await get_if_there<Part>(path + query(where));
      if (current.current !== path || held.current !== old) return;
      if (part) show((held.current = keep(part, old)));
      set_trouble('');
    } catch (error) {
      const unheard = error instanceof ApiError && error.status === 0; // the banner says so already
      if (current.current === path) set_trouble(unheard ? '' : sentence(error));
    }
  };
  const more = async () => {
    const old = held.current;
    if (!old?.ended) await ask(old ? { offset: old.next } : { tail: small ? 4096 : kTail }, added);
  };
  const earlier = async () => {
    const until = held.current?.offset ?? 0;
    await ask({ offset: Math.max(0, until - kTail), until }, (part, old) => (old ? { ...old, offset: part.offset, text: part.text + old.text } : part));
  };

  useEffect(() => {
    current.current = path;
    held.current = null;
    show(null);
    void more();
  }, [path]);
  useEffect(() => {
    if (!live) return void more(); // the last of it
    const timer = setInterval(() => !document.hidden && void more(), kPeriod);
    return () => clearInterval(timer);
  }, [path, live]);
  return { shown, trouble, earlier };
}

export function Output(props: Props) {
  const { shown, trouble, earlier } = use_output(props);
  const box = useRef<HTMLPreElement>(null);
  const at_end = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element && at_end.current) element.scrollTop = element.scrollHeight;
  }, [shown]);

  return (
    <div class="output">
      {!props.small && shown && shown.offset > 0 && (
        <button type="button" onClick={() => void earlier()}>
          Earlier output
        </button>
      )}
      <pre
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={props.label}
        class={props.small ? 'small' : ''}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          at_end.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {shown?.text || (shown ? 'No output.' : 'No output yet.')}
      </pre>
      <Trouble text={trouble} />
    </div>
  );
}
