import { expect, test } from '@jest/globals';
import { withoutRepeated } from '../../../src/core/refusals/repeated.ts';

test.each([
  ['a.b: Invalid value: "secret": must be short', 'a.b: Invalid value: must be short'],
  [String.raw`a: Invalid value: "s\"e: cret": no`, 'a: Invalid value: no'],
  ['a: Invalid value: 7: must be less', 'a: Invalid value: must be less'],
  [
    'spec.template: Invalid value: core.PodSpec{Env:[]core.EnvVar{core.EnvVar{Value:"a: b"}}}: field is immutable',
    'spec.template: Invalid value: field is immutable',
  ],
  ['a: Invalid value: {"k":"secret"}: no', 'a: Invalid value: no'],
  ['[a: Duplicate value: "secret", b: Required value]', '[a: Duplicate value, b: Required value]'],
  [
    'a: Unsupported value: "x": supported values: "y"',
    'a: Unsupported value: supported values: "y"',
  ],
  ['a: Duplicate value: "secret"', 'a: Duplicate value'],
  ['a: Invalid value: field is immutable', 'a: Invalid value: field is immutable'],
  ['a: Required value: name it', 'a: Required value: name it'],
  ['namespaces "hub" not found', 'namespaces "hub" not found'],
])('%s is told as %s', (refusal, expected) => {
  expect(withoutRepeated(refusal)).toBe(expected);
});
