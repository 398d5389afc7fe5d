import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, textAt } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';
import type { Environment, Repository } from '../support/github-sim/state.ts';

interface Typed {
  args: string[];
  input: string;
}

/** gh, a double: what of its commands sets a repository up, on a simulated GitHub. Others fail loudly. */
export async function openGh(
  path: string,
  token: string,
  repository: Repository,
): Promise<{ close: () => void }> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const said = answer(JSON.parse(Buffer.concat(parts).toString()) as Typed, token, repository);
      response.writeHead(said === undefined ? 400 : 200).end(said);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const lines = [
    '#!/usr/bin/env node',
    "import { readFileSync } from 'node:fs';",
    'const args = process.argv.slice(2);',
    "const input = args[0] === 'auth' ? '' : readFileSync(0, 'utf8');",
    `const said = await fetch('http://127.0.0.1:${port}', { method: 'POST', body: JSON.stringify({ args, input }) });`,
    'process.stdout.write(await said.text());',
    "if (!said.ok) { console.error('this gh knows no', ...args); process.exitCode = 1; }",
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  await chmod(path, 0o755);
  return { close: () => void server.close() };
}

function answer({ args, input }: Typed, token: string, repository: Repository): string | undefined {
  const option = (name: string): string => args[args.indexOf(name) + 1] ?? '';
  const [noun, verb, what = ''] = args;
  switch (`${noun ?? ''} ${verb ?? ''}`) {
    case 'auth token':
      return `${token}\n`;
    case 'label create':
      repository.labels.push(what);
      return '';
    case 'secret set':
      return change(repository, option('--env'), ({ secrets = [], ...rest }) => ({
        ...rest,
        secrets: [...secrets, what],
      }));
    case 'api --method':
      return call(repository, args[3] ?? '', args.slice(4), input);
    default:
      return undefined;
  }
}

/** Only an environment that is there can be changed. */
function change(
  { environments }: Repository,
  name: string,
  made: (before: Environment) => Environment,
): string | undefined {
  const before = environments.get(name);
  if (!before) return undefined;
  environments.set(name, made(before));
  return '';
}

function call(
  repository: Repository,
  place: string,
  fields: readonly string[],
  input: string,
): string | undefined {
  const [, environment = '', policies] =
    /\/environments\/([^/]+)(\/deployment-branch-policies)?$/u.exec(place) ?? [];
  if (policies !== undefined)
    return change(repository, environment, (before) => ({
      ...before,
      branches: [{ name: fields.at(-1)?.replace('name=', '') ?? '', type: 'branch' }],
    }));
  const body = (input === '' ? {} : JSON.parse(input)) as Json;
  if (environment !== '') {
    const isOpen = at(body, '/deployment_branch_policy/custom_branch_policies') !== true;
    repository.environments.set(environment, {
      branches: isOpen ? undefined : [],
      reviewers: undefined,
    });
    return '';
  }
  if (place.endsWith('/rulesets')) {
    const rules = at(body, '/rules');
    const types = Array.isArray(rules) ? rules.map((rule) => textAt(rule, '/type')) : [];
    const ref = textAt(body, '/conditions/ref_name/include/0');
    repository.rules.set(ref.replace('refs/heads/', ''), types);
    return '';
  }
  if (!place.endsWith('/actions/permissions/workflow')) return undefined;
  const mayOpenPulls = fields.includes('can_approve_pull_request_reviews=true');
  repository.actions = { ...repository.actions, mayOpenPulls };
  return '';
}
