/**
 * Who may import whom. Folders are layers: a file imports from its own layer and from those before it, never from a later one.
 * `npm run borders` checks it.
 */

/** Subjects of the core, from the ground up; what stands in one line does not know its neighbours. */
const CORE = [
  [
    'json',
    'digest',
    'unit',
    'time',
    'finding',
    'manifests',
    'shape',
    'refusals',
    'yaml',
    'source',
    'source-edit',
    'issues',
  ],
  ['model'],
  ['rule'],
  ['plan'],
  ['cluster', 'access', 'images', 'data', 'record'],
  ['hub'],
  ['removal', 'bench'],
  ['watch'],
  ['check'],
  ['init'],
  ['doctor'],
  ['show'],
];

/** Everything else, from the ground up. */
const OUTSIDE = [
  ['core'],
  ['failure', 'outcome', 'version'],
  ['ports'],
  ['edges'],
  ['gather'],
  ['apply'],
  ['flow'],
  ['commands'],
  ['arguments', 'inputs', 'help', 'compose', 'dispatch', 'main', 'cli', 'index'],
];

/** A subject is a folder, or a file of that name. */
const below = (root, names) => `^${root}/(?:${names.join('|')})(?:/|\\.ts$)`;

function upward(root, layers) {
  return layers.slice(0, -1).map((names, index) => ({
    name: `${names[0]}-imports-upward`,
    severity: 'error',
    comment: `${names.join(', ')}: imported by later layers, and importing none of them`,
    from: { path: below(root, names) },
    to: { path: below(root, layers.slice(index + 1).flat()) },
  }));
}

/** Subjects of one line: each is its own. */
const NEIGHBOURS = ['cluster', 'access', 'images', 'data'].map((name) => ({
  name: `${name}-imports-a-neighbour`,
  severity: 'error',
  from: { path: `^src/core/${name}/` },
  to: { path: `^src/core/(?:cluster|access|images|data)/`, pathNot: `^src/core/${name}/` },
}));

/** Parts of Node that compute and touch nothing. */
const COMPUTES = ['path', 'util', 'zlib', 'stream', 'crypto'];

module.exports = {
  forbidden: [
    ...upward('src/core', CORE),
    ...upward('src', OUTSIDE),
    ...NEIGHBOURS,
    {
      name: 'show-knows-the-contract-only',
      severity: 'error',
      comment: 'what a step of a family looks like is said by the family',
      from: { path: '^src/core/show/' },
      to: { path: below('src/core', CORE.slice(4, -3).flat()) },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'text and data in, data out: no part of Node, nothing that talks to others',
      from: { path: '^src/core/' },
      to: {
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'core-imports-pure-packages',
      severity: 'error',
      comment: 'a package that computes only, by name; another one is added here on purpose',
      from: { path: '^src/core/' },
      to: {
        path: '(?:^|/)node_modules/',
        pathNot:
          '(?:^|/)node_modules/(?:@noble/hashes|js-yaml|ajv|diff|handlebars|fastest-levenshtein|nanotar|fflate|ipaddr\.js|d3-scale)/',
      },
    },
    {
      name: 'node-belongs-to-edges',
      severity: 'error',
      comment: 'files, processes, the network and clocks are reached in src/edges',
      from: {
        path: '^src/',
        pathNot: ['^src/edges/', '^src/core/', '^src/(?:main|cli|index|arguments)\\.ts$'],
      },
      to: { dependencyTypes: ['core'], pathNot: `^(?:node:)?(?:${COMPUTES.join('|')})$` },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
