import { expect, test } from '@jest/globals';
import {
  addressMeant,
  durationMeant,
  nameMeant,
  quantityMeant,
  timeMeant,
} from '../../../src/core/model/meant.ts';

const MEANT = { addressMeant, durationMeant, nameMeant, quantityMeant, timeMeant };

test.each<[keyof typeof MEANT, string | number, string]>([
  ['nameMeant', 'clusters/bremen.yaml', 'write bremen: usual'],
  ['nameMeant', 'images/oggm-1.6.3/image.yaml', 'write oggm-1.6.3: usual'],
  ['nameMeant', 'My hub', 'write my-hub: usual'],
  ['nameMeant', 'my_hub', 'write my-hub: usual'],
  ['nameMeant', 'a/b', 'usual'],
  ['nameMeant', '1st', 'usual'],
  ['nameMeant', `A${'b'.repeat(32)}`, 'usual'],
  ['nameMeant', 3, 'usual'],
  ['durationMeant', '24 hours', 'write 24h'],
  ['durationMeant', '1h30m', 'write 90m'],
  ['durationMeant', '30m 1h', 'usual'],
  ['durationMeant', 'soon', 'usual'],
  ['durationMeant', '', 'usual'],
  ['durationMeant', 24, 'usual'],
  ['quantityMeant', 20, 'write it with a unit, such as 20Gi'],
  ['quantityMeant', 0, 'usual'],
  ['quantityMeant', 21_474_836_480, 'usual'],
  ['quantityMeant', '20 gb', 'write 20Gi, without a space'],
  ['quantityMeant', 'much', 'usual'],
  ['timeMeant', '01.02.2027', 'write the year, the month, the day: 2027-02-01'],
  ['timeMeant', '13/1/2027', 'write the year, the month, the day: 2027-01-13'],
  ['timeMeant', '1/13/2027', 'usual'],
  ['timeMeant', '2027-2-1', 'write the year, the month, the day: 2027-02-01'],
  ['timeMeant', '2027-02-01 08:00', 'write 2027-02-01T08:00Z, where Z says that it is UTC'],
  ['timeMeant', 'tomorrow', 'usual'],
  ['timeMeant', 2027, 'usual'],
  ['addressMeant', 'hub.example.org', 'write https://hub.example.org'],
  ['addressMeant', 'hub', 'usual'],
  ['addressMeant', 'name:secret@hub.example.org', 'usual'],
])('%s: %j', (of, value, expected) => {
  expect(MEANT[of](value, 'usual')).toBe(expected);
});
