import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dump } from 'js-yaml';
import { format, resolveConfig } from 'prettier';
import { actionInputs } from '../src/arguments.ts';
import { FILE_RULES } from '../src/core/check/file-rules.ts';
import { RULES } from '../src/core/check/rules.ts';
import { isObject } from '../src/core/json.ts';
import type { Json, JsonObject } from '../src/core/json.ts';
import { SCHEMAS } from '../src/core/model/read.ts';
import { helpText } from '../src/help.ts';
import { COMMANDS } from '../src/inputs.ts';
import { OUTPUTS } from '../src/outputs.ts';
import type { CommandName } from '../src/inputs.ts';

/** Files made from the code's own tables, by path and formatted. A test compares them with what is committed. */
export async function generated(): Promise<Map<string, string>> {
  const files = [...tables()].map(async ([file, text]): Promise<[string, string]> => [
    file,
    await format(text, { ...(await resolveConfig(file)), filepath: file }),
  ]);
  return new Map(await Promise.all(files));
}

function tables(): Map<string, string> {
  const schemas = Object.entries(SCHEMAS).map(([kind, schema]): [string, string] => [
    `docs/reference/${kind}.md`,
    schemaPage(schema as unknown as JsonObject),
  ]);
  return new Map([
    ['action.yml', action()],
    ['docs/reference/rules.md', rulesPage()],
    ['docs/reference/cli.md', cliPage()],
    ...schemas,
  ]);
}

const NOTE = '<!-- Made by scripts/generate.ts; do not edit. -->\n';

function action(): string {
  const inputs = Object.fromEntries(
    Object.entries(actionInputs()).map(([name, description]) => [
      name,
      { description, required: name === 'command' },
    ]),
  );
  const outputs = Object.fromEntries(
    Object.entries(OUTPUTS).map(([name, description]) => [name, { description }]),
  );
  const content = {
    name: 'GlacioCloud',
    description: 'JupyterHubs from one git repository: check, plan, deploy, prove healthy',
    branding: { icon: 'cloud-snow', color: 'blue' },
    inputs,
    outputs,
    runs: { using: 'node24', main: 'dist/index.js' },
  };
  return `# Made by scripts/generate.ts from the tables in src/inputs.ts, options.ts and outputs.ts.\n${dump(content, { lineWidth: -1 })}`;
}

function rulesPage(): string {
  const section = ({
    id,
    severity,
    title,
    why,
  }: {
    id: string;
    severity: string;
    title: string;
    why: string;
  }): string => `### ${id}\n\n*${severity}* · ${title}\n\n${why}\n`;
  return `# Rules\n\n${NOTE}\nWhat \`glaciocloud check\` looks for. \`glaciocloud explain RULE\` prints one of them.\n\n## About what files say\n\n${RULES.map(section).join('\n')}\n## About files and values themselves\n\n${FILE_RULES.map(section).join('\n')}`;
}

function cliPage(): string {
  const names = Object.keys(COMMANDS) as CommandName[];
  return `# Commands\n\n${NOTE}\n\`\`\`\n${helpText(undefined)}\`\`\`\n\n${names.map((name) => `## ${name}\n\n\`\`\`\n${helpText(name)}\`\`\`\n`).join('\n')}`;
}

function schemaPage(schema: JsonObject): string {
  const rows: string[] = [];
  describe(schema, schema, '', rows);
  const text = (key: string): string => (typeof schema[key] === 'string' ? schema[key] : '');
  return `# ${text('title')}\n\n${NOTE}\n${text('description')}\n\n| key | what it is | type | default |\n|---|---|---|---|\n${rows.join('')}`;
}

function describe(root: JsonObject, node: JsonObject, path: string, rows: string[]): void {
  const required = Array.isArray(node['required']) ? node['required'] : [];
  const children = isObject(node['properties']) ? Object.entries(node['properties']) : [];
  for (const [key, raw] of children) {
    if (!isObject(raw)) continue;
    const child = resolved(root, raw);
    const full = path === '' ? key : `${path}.${key}`;
    const fallback = raw['default'];
    rows.push(
      `| \`${full}\`${required.includes(key) ? ' *' : ''} | ${cell(child['description'])} | ${typeText(root, child)} | ${fallback === undefined || isObject(fallback) || Array.isArray(fallback) ? '' : `\`${JSON.stringify(fallback)}\``} |\n`,
    );
    below(root, child, full, rows);
  }
}

function below(root: JsonObject, child: JsonObject, path: string, rows: string[]): void {
  describe(root, child, path, rows);
  const items = child['items'];
  if (isObject(items)) below(root, resolved(root, items), `${path}[]`, rows);
  const values = child['additionalProperties'];
  if (isObject(values)) below(root, resolved(root, values), `${path}.<name>`, rows);
}

function resolved(root: JsonObject, node: JsonObject): JsonObject {
  const ref = node['$ref'];
  const target =
    typeof ref === 'string' && isObject(root['$defs'])
      ? root['$defs'][ref.replace('#/$defs/', '')]
      : undefined;
  return isObject(target) ? { ...target, ...node } : node;
}

function typeText(root: JsonObject, node: JsonObject): string {
  if (Array.isArray(node['enum']))
    return node['enum'].map((one) => `\`${JSON.stringify(one)}\``).join(', ');
  if (node['const'] !== undefined) return `\`${JSON.stringify(node['const'])}\``;
  if (isObject(node['items'])) return `list of ${typeText(root, resolved(root, node['items']))}`;
  const examples = Array.isArray(node['examples'])
    ? ` such as ${node['examples'].map((one) => `\`${typeof one === 'string' ? one : JSON.stringify(one)}\``).join(', ')}`
    : '';
  const type = Array.isArray(node['type'])
    ? node['type'].map((one) => JSON.stringify(one).slice(1, -1)).join(' or ')
    : node['type'];
  return `${typeof type === 'string' ? type : ''}${examples}`;
}

function cell(value: Json | undefined): string {
  return typeof value === 'string' ? value.replaceAll('|', '\\|') : '';
}

if (import.meta.main) {
  for (const [file, text] of await generated()) {
    await mkdir(dirname(file), { recursive: true });
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text);
  }
}
