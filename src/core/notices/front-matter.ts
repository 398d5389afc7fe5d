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

interface Fault {
  line: number;
  message: string;
  hint: string;
}

const SHAPE = 'write "---", the keys, "---" again, and below it what people read';

/** Why a page has no keys that could be read. */
export function keysFault(page: string): Fault | undefined {
  const lines = page.split(/\r?\n/u);
  if (page.startsWith('\u{FEFF}'))
    return {
      line: 1,
      message: 'the file starts with a byte order mark',
      hint: 'save it as UTF-8 without BOM',
    };
  if (lines[0] !== MARK)
    return { line: 1, message: 'the first line is not "---": no keys are read', hint: SHAPE };
  return lines.some(isEnd)
    ? undefined
    : { line: 1, message: 'the keys have no end: there is no second line "---"', hint: SHAPE };
}

/** A merge that was not finished in what people read; among the keys it is no YAML. */
export function textFault(page: string): Fault | undefined {
  const lines = page.split(/\r?\n/u);
  const end = lines.findIndex(isEnd);
  const marker = lines.findIndex((line, index) => index > end && /^(?:<{7}|>{7}) /u.test(line));
  return marker < 0
    ? undefined
    : {
        line: marker + 1,
        message: 'a merge was not finished',
        hint: 'keep one version, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
      };
}

function isEnd(line: string, index: number): boolean {
  return index > 0 && line.trimEnd() === MARK;
}
