import ts from 'typescript';
import { mutationsOf } from './mutators.ts';
import type { Replacement } from './mutators.ts';

/** One change of one file. `line` and `column` count from 1; `start` and `end` are offsets into the file's text. */
export interface Mutant extends Replacement {
  /** Relative to the root, with slashes. */
  file: string;
  line: number;
  column: number;
  /** The first changed line as it stands, without indentation. */
  source: string;
}

/** Every mutant of one file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const lines = text.split('\n');
  const found = new Map<string, Mutant>();
  const visit = (node: ts.Node): void => {
    if (isWithoutCode(node)) return;
    for (const one of mutationsOf(node, tree)) {
      if (text.slice(one.start, one.end) === one.text) continue;
      const { line, character } = tree.getLineAndCharacterOfPosition(one.start);
      const place = { line: line + 1, column: character + 1, source: (lines[line] ?? '').trim() };
      const key = `${one.start} ${one.end} ${one.text}`;
      if (!found.has(key)) found.set(key, { file, ...place, ...one });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Types and imports leave nothing behind that could be changed. */
function isWithoutCode(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
  );
}

/** The text with the mutant in it. */
export const apply = (text: string, { start, end, text: by }: Replacement): string =>
  text.slice(0, start) + by + text.slice(end);

/** `count` of the items, each equally likely, the same for the same seed. Kept in their order. */
export function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  const random = generator(seed);
  const order = items.map((_, index) => index);
  const size = Math.min(count, items.length);
  for (let index = 0; index < size; index++) {
    const other = index + Math.floor(random() * (order.length - index));
    [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
  }
  const taken = new Set(order.slice(0, size));
  return items.filter((_, index) => taken.has(index));
}

/** mulberry32: numbers from 0 up to 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
