import ts from 'typescript';

/** `text` takes the place of what stands from `start` up to `end`. `what` says it to a reader. */
export interface Replacement {
  start: number;
  end: number;
  text: string;
  what: string;
}

type Mutator = (node: ts.Node, tree: ts.SourceFile) => Replacement[];

/** All one-token changes at this very node; those of its children are found at the children. */
export function mutationsOf(node: ts.Node, tree: ts.SourceFile): Replacement[] {
  return MUTATORS.flatMap((mutator) => mutator(node, tree));
}

const OPERATORS: Partial<Record<ts.SyntaxKind, string[]>> = {
  [ts.SyntaxKind.LessThanToken]: ['<=', '>='],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>'],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.AmpersandAmpersandToken]: ['||'],
  [ts.SyntaxKind.BarBarToken]: ['&&'],
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
  [ts.SyntaxKind.PlusEqualsToken]: ['-='],
  [ts.SyntaxKind.MinusEqualsToken]: ['+='],
};

const operator: Mutator = (node, tree) => {
  if (!ts.isBinaryExpression(node)) return [];
  const token = node.operatorToken;
  const others = OPERATORS[token.kind] ?? [];
  return others.map((other) => replace(token, other, tree));
};

const nullish: Mutator = (node, tree) => {
  if (!ts.isBinaryExpression(node)) return [];
  if (node.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionToken) return [];
  const rest = { start: node.left.end, end: node.end, text: '' };
  return [{ ...rest, what: `dropped: ${short(tree.text.slice(rest.start, rest.end))}` }];
};

const condition: Mutator = (node, tree) => {
  const tested = testedBy(node);
  if (!tested || isNegatedElsewhere(tested)) return [];
  return [
    {
      ...range(tested, tree),
      text: `!(${tested.getText(tree)})`,
      what: `negated: ${short(tested.getText(tree))}`,
    },
  ];
};

function testedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node))
    return node.expression;
  return ts.isConditionalExpression(node) || ts.isForStatement(node) ? node.condition : undefined;
}

/** `!x` loses its sign, and `===` is turned round: a negation would be the same change a second time. */
function isNegatedElsewhere(tested: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(tested)) return tested.operator === ts.SyntaxKind.ExclamationToken;
  if (!ts.isBinaryExpression(tested)) return false;
  const { kind } = tested.operatorToken;
  return (
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
  );
}

const unary: Mutator = (node, tree) => {
  if (ts.isPrefixUnaryExpression(node)) {
    const sign = { start: node.getStart(tree), end: node.operand.getStart(tree) };
    if (node.operator === ts.SyntaxKind.ExclamationToken)
      return [{ ...sign, text: '', what: `dropped: ! of ${short(node.getText(tree))}` }];
    return step(node.operator, sign);
  }
  if (!ts.isPostfixUnaryExpression(node)) return [];
  return step(node.operator, { start: node.operand.end, end: node.end });
};

function step(token: ts.SyntaxKind, place: { start: number; end: number }): Replacement[] {
  if (token === ts.SyntaxKind.PlusPlusToken) return [{ ...place, text: '--', what: '`++` → `--`' }];
  if (token === ts.SyntaxKind.MinusMinusToken)
    return [{ ...place, text: '++', what: '`--` → `++`' }];
  return [];
}

const branch: Mutator = (node, tree) => {
  if (ts.isCaseOrDefaultClause(node)) return clause(node, tree);
  if (!ts.isIfStatement(node)) return [];
  const then = {
    ...range(node.thenStatement, tree),
    text: '{}',
    what: `dropped branch: ${short(node.thenStatement.getText(tree))}`,
  };
  if (!node.elseStatement) return [then];
  const { elseStatement } = node;
  return [
    then,
    {
      start: node.thenStatement.end,
      end: elseStatement.end,
      text: '',
      what: `dropped branch: else ${short(elseStatement.getText(tree))}`,
    },
  ];
};

function clause(node: ts.CaseOrDefaultClause, tree: ts.SourceFile): Replacement[] {
  const first = node.statements[0];
  if (!first) return [];
  const start = first.getStart(tree);
  const what = `dropped branch: ${short(node.getText(tree))}`;
  return [{ start, end: node.statements.end, text: 'break;', what }];
}

const ternary: Mutator = (node, tree) => {
  if (!ts.isConditionalExpression(node)) return [];
  const [yes, no] = [node.whenTrue.getText(tree), node.whenFalse.getText(tree)];
  const place = { start: node.whenTrue.getStart(tree), end: node.whenFalse.end };
  return [{ ...place, text: `${no} : ${yes}`, what: `swapped: ${short(`${yes} : ${no}`)}` }];
};

const call: Mutator = (node, tree) => {
  if (!ts.isExpressionStatement(node)) return [];
  const { expression } = node;
  const called = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(called) || called.expression.kind === ts.SyntaxKind.SuperKeyword)
    return [];
  return [
    { ...range(node, tree), text: ';', what: `dropped call: ${short(expression.getText(tree))}` },
  ];
};

const entry: Mutator = (node, tree) => {
  const list = entriesOf(node);
  return list.map((item, index) => {
    const what = `dropped entry: ${short(item.getText(tree))}`;
    const before = list[index - 1];
    const after = list[index + 1];
    if (after) return { start: item.getStart(tree), end: after.getStart(tree), text: '', what };
    if (before) return { start: before.end, end: item.end, text: '', what };
    const empty = ts.isArrayLiteralExpression(node) ? '[]' : '{}';
    return { ...range(node, tree), text: empty, what };
  });
};

function entriesOf(node: ts.Node): readonly ts.Node[] {
  if (ts.isObjectLiteralExpression(node)) return node.properties;
  if (!ts.isArrayLiteralExpression(node)) return [];
  const { parent } = node;
  const isTarget =
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isTarget ? [] : node.elements;
}

const literal: Mutator = (node, tree) => {
  if (ts.isSourceFile(node) || isName(node)) return [];
  if (ts.isNumericLiteral(node)) return constant(node, tree);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, 'false', tree)];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, 'true', tree)];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return [replace(node, node.text === '' ? `'changed'` : `''`, tree)];
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
    return templatePart(node, tree);
  return [];
};

/** A key of an object is no value: its entry is dropped as a whole. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node
  );
}

function constant(node: ts.NumericLiteral, tree: ts.SourceFile): Replacement[] {
  const value = Number(node.text);
  if (!Number.isFinite(value)) return [];
  return [replace(node, String(value + 1), tree), replace(node, `(${value - 1})`, tree)];
}

function templatePart(
  node: ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail,
  tree: ts.SourceFile,
): Replacement[] {
  if (node.text.trim() === '') return [];
  const start = node.getStart(tree) + 1;
  const end = node.end - (ts.isTemplateTail(node) ? 1 : 2);
  return [{ start, end, text: '', what: `text dropped: ${short(tree.text.slice(start, end))}` }];
}

const regex: Mutator = (node, tree) => {
  if (node.kind !== ts.SyntaxKind.RegularExpressionLiteral) return [];
  const text = node.getText(tree);
  const close = text.lastIndexOf('/');
  const [pattern, flags] = [text.slice(1, close), text.slice(close + 1)];
  const others: string[] = [];
  if (pattern.length > 1 && pattern.startsWith('^')) others.push(`/${pattern.slice(1)}/${flags}`);
  if (pattern.length > 1 && /(?:^|[^\\])\$$/u.test(pattern))
    others.push(`/${pattern.slice(0, -1)}/${flags}`);
  // Without `u` hardly a pattern changes its meaning.
  for (const flag of flags.replace('u', '')) others.push(`/${pattern}/${flags.replace(flag, '')}`);
  return others.map((other) => replace(node, other, tree));
};

const optional: Mutator = (node, tree) => {
  if (node.kind !== ts.SyntaxKind.QuestionDotToken) return [];
  const { parent } = node;
  const text = ts.isPropertyAccessExpression(parent) ? '.' : '';
  return [{ ...range(node, tree), text, what: `\`?.\` → \`.\` in ${short(parent.getText(tree))}` }];
};

const early: Mutator = (node, tree) => {
  if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return [];
  const body = node.body as ts.Node;
  if (ts.isBlock(body)) {
    const first = body.statements[0];
    if (!first) return [];
    const start = first.getStart(tree);
    return [{ start, end: start, text: 'return; ', what: 'returned early' }];
  }
  const text = body.getText(tree);
  if (text === 'undefined') return [];
  return [{ ...range(body, tree), text: 'undefined', what: `returned early: not ${short(text)}` }];
};

const MUTATORS: readonly Mutator[] = [
  operator,
  nullish,
  condition,
  unary,
  branch,
  ternary,
  call,
  entry,
  literal,
  regex,
  optional,
  early,
];

const range = (node: ts.Node, tree: ts.SourceFile): { start: number; end: number } => ({
  start: node.getStart(tree),
  end: node.end,
});

const replace = (node: ts.Node, text: string, tree: ts.SourceFile): Replacement => ({
  ...range(node, tree),
  text,
  what: `${short(node.getText(tree))} → ${text}`,
});

/** One line of at most 60 characters. */
function short(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
