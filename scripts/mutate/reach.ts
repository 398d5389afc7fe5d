import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** All TypeScript files below a folder, relative to the root, sorted. A file is taken as it is. */
export function filesBelow(root: string, path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name.endsWith('.ts') && !one.name.endsWith('.d.ts'))
    .map((one) => join(one.parentPath, one.name).slice(root.length + 1))
    .sort();
}

/** For each test the files that it runs, itself included. Types are not run. */
export function reachOf(root: string, tests: readonly string[]): Map<string, Set<string>> {
  const imports = new Map<string, string[]>();
  const reach = (file: string, seen: Set<string>): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    const known = imports.get(file) ?? importsOf(root, file);
    imports.set(file, known);
    for (const next of known) reach(next, seen);
    return seen;
  };
  return new Map(tests.map((test) => [test, reach(test, new Set())]));
}

function importsOf(root: string, file: string): string[] {
  const path = join(root, file);
  if (!file.endsWith('.ts') || !existsSync(path)) return [];
  const tree = ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const named = specifierOf(node);
    if (named?.startsWith('.') === true)
      found.push(resolve(dirname(path), named).slice(root.length + 1));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node)) {
    const onlyTypes = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return onlyTypes ? undefined : textOf(node.moduleSpecifier);
  }
  if (ts.isExportDeclaration(node) && !node.isTypeOnly) return textOf(node.moduleSpecifier);
  const isImportCall =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImportCall ? textOf(node.arguments[0]) : undefined;
}

const textOf = (node: ts.Expression | undefined): string | undefined =>
  node && ts.isStringLiteral(node) ? node.text : undefined;

/**
 * The tests that run the file, its own first: `src/core/hub/gates.ts` meets `test/core/hub/gates*.test.ts`, then
 * `test/core/hub`, `test/core`, and the rest, quick ones first.
 */
export function testsFor(
  file: string,
  reach: ReadonlyMap<string, ReadonlySet<string>>,
  seconds: ReadonlyMap<string, number>,
): string[] {
  const rank = (test: string): number => distance(file, test) * 1000 + (seconds.get(test) ?? 0);
  return [...reach]
    .filter(([, files]) => files.has(file))
    .map(([test]) => test)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** 0 for the file's own test, else 1 and the number of folders that the two do not share. */
function distance(file: string, test: string): number {
  const subject = file.slice('src/'.length, -'.ts'.length);
  const proof = test.slice('test/'.length);
  if (proof.startsWith(`${subject}.`) || proof.startsWith(`${subject}-`)) return 0;
  const [mine, theirs] = [dirname(subject).split('/'), dirname(proof).split('/')];
  let shared = 0;
  while (shared < mine.length && mine[shared] === theirs[shared]) shared++;
  return 1 + mine.length + theirs.length - 2 * shared;
}
