import { describe, expect, test } from '@jest/globals';
import { checkValues } from '../../support/schema.ts';
import { HUB, platformOf, pointedAt, textsWith } from '../../support/written.ts';

/** A double of the chart's schema: it takes amounts as JupyterHub writes them, and numbers. */
const chart = {
  schema: {
    properties: {
      singleuser: {
        properties: {
          memory: {
            additionalProperties: false,
            properties: { limit: { pattern: '^[0-9.]+[KMGT]$' } },
          },
        },
      },
      hub: {
        properties: {
          resources: {
            properties: { limits: { properties: { memory: { pattern: '^[0-9]+Mi$' } } } },
          },
        },
      },
    },
  },
  defaults: {},
};

function found(values: object): string[][] {
  const texts = textsWith({ [HUB]: { values } });
  return checkValues(platformOf(texts), chart).map((finding) => [
    finding.rule,
    pointedAt(texts, finding),
    finding.message,
    finding.hint,
  ]);
}

test('what the chart would refuse is an error', () => {
  const texts = textsWith({ [HUB]: { values: { singleuser: { memory: { limit: '4Gi' } } } } });
  const found = checkValues(platformOf(texts), chart);
  expect(found.map(({ severity }) => severity)).toEqual(['error']);
});

describe('memory of servers that the chart refuses', () => {
  test.each([
    ['4Gi', 'write 4G (1024-based)'],
    ['16Gi', 'write 16G (1024-based)'],
    ['512Mi', 'write 512M (1024-based)'],
    ['much', 'write a number with K, M, G or T, such as 4G (1024-based)'],
  ])('%s', (limit, hint) => {
    expect(found({ singleuser: { memory: { limit } } })).toEqual([
      [
        'chart-values',
        limit,
        `values: singleuser.memory.limit "${limit}" is not understood by JupyterHub`,
        hint,
      ],
    ]);
  });

  test('what JupyterHub would read is refused in the chart’s own words', () => {
    expect(found({ singleuser: { memory: { limit: '4' } } })).toEqual([
      [
        'chart-values',
        "'4'",
        'values: singleuser.memory.limit must match pattern "^[0-9.]+[KMGT]$", and is "4"',
        'see the chart’s configuration reference',
      ],
    ]);
    expect(found({ singleuser: { memory: { limit: '4G' } } })).toEqual([]);
  });
});

test('memory of the hub itself is read by Kubernetes, not by JupyterHub', () => {
  expect(found({ hub: { resources: { limits: { memory: '1Gi' } } } })).toEqual([
    [
      'chart-values',
      '1Gi',
      'values: hub.resources.limits.memory must match pattern "^[0-9]+Mi$", and is "1Gi"',
      'see the chart’s configuration reference',
    ],
  ]);
});

test('a key that the chart does not know', () => {
  expect(found({ singleuser: { memory: { limmit: '4G' } } })).toEqual([
    [
      'chart-values',
      '4G',
      'values: singleuser.memory.limmit is not known to the chart',
      'did you mean "limit"?',
    ],
  ]);
  expect(found({ singleuser: { memory: { guarantees: '4G' } } })).toEqual([
    [
      'chart-values',
      '4G',
      'values: singleuser.memory.guarantees is not known to the chart',
      'see the chart’s configuration reference',
    ],
  ]);
});
