const MARK = '---';

/**
 * A page with keys above its text as YAML, where the text is a key too. Keys stay in their lines, so that a mistake
 * points at the right one. A page without keys is all text.
 */
export function frontMatterYaml(page: string): string {
  const lines = page.split(/\r?\n/u);
  const end = lines[0] === MARK ? lines.findIndex(isEnd) : 0;
  const hasKeys = end > 0;
  const keys = hasKeys ? lines.slice(1, end) : [];
  const body = (hasKeys ? lines.slice(end + 1) : lines).join('\n').trim();
  const own = body === '' ? '' : `text: ${JSON.stringify(body)}\n`;
  return `${MARK}\n${keys.join('\n').trimEnd()}\n${own}`;
}

function isEnd(line: string, index: number): boolean {
  return index > 0 && line.trimEnd() === MARK;
}
