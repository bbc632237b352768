// Files that an attempt left: pictures are shown, a page at a time, the others are links.
import { useMemo, useState } from 'preact/hooks';
import { Card, use_pages } from './ui.tsx';

export function is_picture(name: string): boolean {
  return /\.(svg|png|jpe?g)$/i.test(name);
}

interface Props {
  base: string;
  names: string[];
  title?: string;
  start?: string; ///< what the filter holds at first
}

export function Gallery({ base, names, title = 'Artifacts', start = '' }: Props) {
  const [typed, type] = useState(start);
  const chosen = useMemo(() => names.filter((name) => name.toLowerCase().includes(typed.trim().toLowerCase())), [names, typed]);
  const pictures = useMemo(() => chosen.filter(is_picture), [chosen]);
  const others = useMemo(() => chosen.filter((name) => !is_picture(name)), [chosen]);
  const shown = use_pages(pictures, 8);
  const listed = use_pages(others, 40);
  if (!names.length) return null;
  const address = (name: string) => `${base}/${name.split('/').map(encodeURIComponent).join('/')}`;
  return (
    <Card title={title}>
      <div class="filters">
        <input type="search" aria-label="Search artifacts" placeholder="Search file names" value={typed} onInput={(event) => type(event.currentTarget.value)} />
        <span class="quiet">
          {chosen.length} of {names.length}
        </span>
      </div>
      <ul class="gallery">
        {shown.page.map((name) => (
          <li key={name}>
            <a href={address(name)} target="_blank" rel="noopener noreferrer">
              <img src={address(name)} alt="" loading="lazy" />
              <span>{name}</span>
            </a>
          </li>
        ))}
      </ul>
      {shown.turner}
      {others.length > 0 && (
        <details>
          <summary>{others.length} other files</summary>
          <ul class="files">
            {listed.page.map((name) => (
              <li key={name}>
                <a href={address(name)} target="_blank" rel="noopener noreferrer">
                  {name}
                </a>
              </li>
            ))}
          </ul>
          {listed.turner}
        </details>
      )}
    </Card>
  );
}
