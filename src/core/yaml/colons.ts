import { linesOf, replaced } from './suspect.ts';
import type { Suspect } from './suspect.ts';

/** Keys and entries without what makes them ones: `key: value`, `- entry`. */
export function* colons(text: string): Generator<Suspect> {
  for (const { start, text: line } of linesOf(text)) {
    const [, before = '', name = ''] = /^(\s*(?:- +)*)([A-Za-z][\w-]*)/u.exec(line) ?? [];
    const offset = start + before.length;
    if (name !== '') yield* colon(text, offset, name);
    const dash = /^\s*-(?=[^\s-])/u.exec(line);
    if (dash) yield spaceAfterDash(text, start + dash[0].length);
  }
}

function* colon(text: string, offset: number, name: string): Generator<Suspect> {
  const at = offset + name.length;
  const rest = /[^\n]*/u.exec(text.slice(at))?.[0] ?? '';
  const base = { offset, hint: `write "${name}: …"`, until: at + rest.length };
  const equals = /^\s*=\s*(?=\S)/u.exec(rest);
  if (/^:\S/u.test(rest)) yield spaceAfter(text, offset, at);
  else if (equals)
    yield {
      ...base,
      message: '"=" stands where a colon belongs',
      mended: replaced(text, at, at + equals[0].length, ': '),
    };
  else if (/^(?:\s+[^\s:#]|\s*$)/u.test(rest))
    yield {
      ...base,
      message: `a colon is missing after "${name}"`,
      mended: replaced(text, at, at, ':'),
    };
}

function spaceAfterDash(text: string, at: number): Suspect {
  return {
    offset: at - 1,
    message: 'a space is missing after "-"',
    hint: 'write "- " before each entry of a list',
    mended: replaced(text, at, at, ' '),
    until: at + 1,
  };
}

/** `key:value`: `offset` is where the key begins, `colonAt` where it ends. */
export function spaceAfter(text: string, offset: number, colonAt: number): Suspect {
  const name = text.slice(offset, colonAt);
  return {
    offset,
    message: `a space is missing after "${name}:"`,
    hint: `write "${name}: …"`,
    mended: replaced(text, colonAt + 1, colonAt + 1, ' '),
    until: colonAt + 2,
  };
}
