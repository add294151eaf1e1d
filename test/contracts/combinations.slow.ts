import { describe, test } from 'vitest';
import { everyCombination, expectToTrain, settingsOf } from './combinations.js';

describe('every clip rule × aggregation × ratio level × advantage trains three steps with finite metrics', () => {
  test.each(everyCombination.map((combination) => [settingsOf(combination)]))('%j', expectToTrain);
});
