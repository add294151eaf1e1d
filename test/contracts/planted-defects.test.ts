import { definePlugin, kinds, type Kind } from '@dapo/core';
import { checkContract, contractChecks, type AnyPlugin } from '@dapo/core/testing';
import { describe, expect, test } from 'vitest';
import { plantedInAnyKind } from './planted/any-kind.js';
import { plantedBackends } from './planted/backends.js';
import { plantedFilters } from './planted/filters.js';
import { plantedGenerators } from './planted/generators.js';
import { plantedInLosses } from './planted/losses.js';
import { plantedOptimizers } from './planted/optimizers.js';
import { plantedPolicies } from './planted/policies.js';
import { plantedInRollouts } from './planted/rollouts.js';
import { plantedInSurroundings } from './planted/surroundings.js';
import { plantedInTensors } from './planted/tensors.js';
import { plantedTokenizers } from './planted/tokenizers.js';

const planted = [
  ...plantedInAnyKind,
  ...plantedBackends,
  ...plantedFilters,
  ...plantedGenerators,
  ...plantedInLosses,
  ...plantedOptimizers,
  ...plantedPolicies,
  ...plantedInRollouts,
  ...plantedInSurroundings,
  ...plantedInTensors,
  ...plantedTokenizers,
];

describe.each(Object.keys(kinds) as Kind[])('of the contract of a %s', (kind) => {
  const ofKind = planted.filter((defect) => defect.kind === kind);

  test.each(ofKind.map((defect) => [defect.check, defect.words, defect] as const))(
    'a plugin that breaks «%s» is told: %s',
    async (check, words, defect) => {
      const failures = await checkContract(defect.plugin, defect.settings);
      expect(failures.find((failure) => failure.check === check)?.message).toContain(words);
      expect(failures.map((failure) => failure.check).sort()).toEqual([check, ...defect.also].sort());
    },
  );
});

/** Kinds whose checks of one name are one function. */
const together: Readonly<Partial<Record<Kind, string>>> = {
  loss: 'tokens',
  'ratio-level': 'tokens',
  'clip-rule': 'tokens',
  'kl-term': 'tokens',
};
const nameOf = (kind: Kind, check: string): string => `${together[kind] ?? kind}: ${check}`;

test('there is no check that no planted defect fails', () => {
  const broken = new Set(planted.map(({ kind, check }) => nameOf(kind, check)));
  const ofEveryKind = new Set(planted.map(({ check }) => check));
  const lists = new Map(planted.map(({ kind, plugin }) => [kind, contractChecks(plugin).map(({ name }) => name)]));
  expect([...lists.keys()].sort()).toEqual(Object.keys(kinds).sort());
  const common = [...lists.values()].reduce((shared, names) => shared.filter((name) => names.includes(name)));
  expect(common).toHaveLength(8);
  const unbroken = [...lists].flatMap(([kind, names]) =>
    names
      .filter((name) => (common.includes(name) ? !ofEveryKind.has(name) : !broken.has(nameOf(kind, name))))
      .map((name) => nameOf(kind, name)),
  );
  expect(unbroken).toEqual([]);
});

test('a guard that stops a run whose accuracy no longer rises is right', async () => {
  const plateau = definePlugin({
    kind: 'guard',
    name: 'plateau',
    create: () => {
      let [best, waited] = [-1, 0];
      return {
        check: (point, { metrics: { 'evaluation/accuracy': accuracy } }) => {
          if (point !== 'evaluated' || !(accuracy! >= 0)) return 'continue';
          waited = accuracy! > best ? 0 : waited + 1;
          best = Math.max(best, accuracy!);
          return waited > 2 ? { action: 'stop', reason: 'the accuracy no longer rises' } : 'continue';
        },
        state: () => ({ json: { best, waited } }),
        restore: ({ json }) => void ({ best, waited } = json as { best: number; waited: number }),
      };
    },
  });
  expect(await checkContract(plateau as unknown as AnyPlugin)).toEqual([]);
});
