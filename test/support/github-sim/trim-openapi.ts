import { readFile, writeFile } from 'node:fs/promises';
import { OPERATIONS } from './operations.ts';

/*
 * Makes openapi.json from GitHub's whole description (npm package @octokit/openapi, MIT):
 *   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
 *   node test/support/github-sim/trim-openapi.ts package/generated/api.github.com.json
 * Only the operations in use and what they refer to stay; texts and examples go.
 */
type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NOISE = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'tags',
  'x-github',
  'title',
  'deprecated',
  'x-multi-segment',
]);

/** OpenAPI 3.0 → JSON Schema: `nullable` becomes a type. Names of properties are not keywords. */
function strip(value: unknown, names = false): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item));
  if (!isNode(value)) return value;
  const entries = Object.entries(value).filter(([key]) => names || !NOISE.has(key));
  const node: Node = Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      strip(item, !names && (key === 'properties' || key === 'schemas')),
    ]),
  );
  if (names || node['nullable'] !== true) return node;
  delete node['nullable'];
  if (typeof node['type'] === 'string') {
    node['type'] = [node['type'], 'null'];
    if (Array.isArray(node['enum'])) node['enum'] = [...(node['enum'] as unknown[]), null];
    return node;
  }
  return { anyOf: [node, { type: 'null' }] };
}

const whole = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as {
  paths: Record<string, Record<string, Node>>;
  components: { schemas: Record<string, unknown> };
};
const operations: Node = {};
for (const [path, methods] of Object.entries(whole.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const id = String(operation['operationId']);
    if (!(OPERATIONS as readonly string[]).includes(id)) continue;
    const responses = Object.entries(operation['responses'] as Record<string, Node>)
      .filter(([status]) => status.startsWith('2') || status === '302')
      .map(([status, response]) => {
        const content = response['content'];
        const json = isNode(content) ? content['application/json'] : undefined;
        return [status, isNode(json) ? strip(json['schema']) : null];
      });
    const body = operation['requestBody'];
    const content =
      isNode(body) && isNode(body['content']) ? body['content']['application/json'] : undefined;
    operations[id] = {
      method: method.toUpperCase(),
      path,
      request: isNode(content) ? strip(content['schema']) : null,
      responses: Object.fromEntries(responses),
    };
  }
}
const schemas: Node = {};
const collect = (value: unknown): void => {
  if (Array.isArray(value)) value.forEach(collect);
  if (!isNode(value)) return;
  const ref = value['$ref'];
  const name =
    typeof ref === 'string' ? /^#\/components\/schemas\/(.+)$/u.exec(ref)?.[1] : undefined;
  if (name !== undefined && !(name in schemas)) {
    schemas[name] = strip(whole.components.schemas[name]);
    collect(schemas[name]);
  }
  Object.values(value).forEach(collect);
};
collect(operations);
const missing = OPERATIONS.filter((id) => !(id in operations));
if (missing.length > 0) throw new Error(`not in the description: ${missing.join(', ')}`);
await writeFile(
  new URL('openapi.json', import.meta.url),
  `${JSON.stringify({ operations, components: { schemas } })}\n`,
);
