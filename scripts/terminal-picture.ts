/** Draws what a terminal shows as an SVG: lines, four styles, and a window around them. */
const FONT_SIZE = 14;
const CHARACTER = FONT_SIZE * 0.602;
const LINE = 20;
const MARGIN = 22;
const TITLE = 38;
const MOST_COLUMNS = 100;
const STYLE_CHANGE = new RegExp(`${'\u001b'}\\[(\\d+)m`);

const STYLES: Readonly<Record<string, string>> = {
  '1': 'fill="#ffffff" font-weight="bold"',
  '2': 'fill="#8b90b8"',
  '31': 'fill="#ff7b80"',
  '32': 'fill="#7ee2a8"',
};

interface Span {
  readonly text: string;
  readonly style: string | undefined;
}

export function drawTerminal(screen: string, title: string): string {
  const lines = screen.split(/\r?\n/).flatMap((line) => fold(spansOf(overwritten(line))));
  const columns = Math.max(60, ...lines.map(lengthOf));
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = TITLE + lines.length * LINE + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="12" fill="#15173d"/>
<path d="M0 ${TITLE - 8}V12A12 12 0 0 1 12 0H${width - 12}A12 12 0 0 1 ${width} 12V${TITLE - 8}z" fill="#23265c"/>
<circle cx="20" cy="15" r="6" fill="#ff5a5f"/><circle cx="40" cy="15" r="6" fill="#f6c453"/><circle cx="60" cy="15" r="6" fill="#5fd38d"/>
<g font-family="DejaVu Sans Mono" font-size="${FONT_SIZE}" fill="#d6d8ee" xml:space="preserve">
<text x="${width / 2}" y="20" text-anchor="middle" font-size="12" fill="#a9adcf">${entities(title)}</text>
${lines.map(drawLine).join('\n')}
</g>
</svg>
`;
}

function drawLine(spans: readonly Span[], index: number): string {
  let column = 0;
  const drawn = spans.map(({ text, style = '' }) => {
    const x = (MARGIN + column * CHARACTER).toFixed(1);
    column += text.length;
    return `<tspan x="${x}" ${style}>${entities(text)}</tspan>`;
  });
  return `<text y="${TITLE + (index + 1) * LINE - 4}">${drawn.join('')}</text>`;
}

/** A line that was written over, a progress bar say, shows what was written last. */
function overwritten(line: string): string {
  return (
    line
      .split('\r')
      .findLast((part) => part !== '')
      ?.replace('\u001b[K', '') ?? ''
  );
}

function spansOf(line: string): Span[] {
  const parts = line.split(STYLE_CHANGE);
  const spans = parts.flatMap((text, index) => {
    const style = index === 0 ? undefined : STYLES[parts[index - 1] ?? ''];
    return index % 2 === 0 && text !== '' ? [{ text, style }] : [];
  });
  return spans.flatMap(mark);
}

/** `ok` and `BAD` at the start of a line are what a reader looks for. */
function mark({ text, style }: Span): Span[] {
  const verdict = /^(ok|BAD) +(?=\w)/.exec(text)?.[0];
  if (verdict === undefined) return [{ text, style }];
  const colour = STYLES[verdict.startsWith('ok') ? '32' : '31'];
  return [
    { text: verdict, style: colour },
    { text: text.slice(verdict.length), style },
  ];
}

/** A line that is too long goes on in the next. */
function fold(spans: readonly Span[]): Span[][] {
  const rows: Span[][] = [[]];
  for (const { text, style } of spans) {
    for (let at = 0; at < text.length; ) {
      const room = MOST_COLUMNS - lengthOf(rows.at(-1) ?? []);
      if (room > 0) rows.at(-1)?.push({ text: text.slice(at, at + room), style });
      else rows.push([]);
      at += room;
    }
  }
  return rows;
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + text.length, 0);
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
