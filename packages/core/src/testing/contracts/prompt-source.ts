import type { Prompt, PromptSource } from '../../contracts/index.js';
import { difference, show } from './compare.js';
import type { ContractCheck, ContractSuite, Finding } from './contract-check.js';

/** Sources of more prompts than this are not walked through. */
const WALKABLE = 3000;

const check = (
  name: string,
  find: (source: PromptSource, other: PromptSource) => Promise<Finding>,
  decides = false,
): ContractCheck<'prompts'> => ({
  name,
  decides,
  find: async (subject) => find(await subject.create(), await subject.create()),
});

const plain = (prompts: readonly Prompt[]): unknown =>
  prompts.map(({ id, input, reference, visit }) => ({ id, input, reference, visit }));

export const promptsContract: ContractSuite<'prompts'> = {
  methods: ['next', 'take'],
  use: async (source) => plain(await source.next(3)),
  checks: [
    check('gives prompts', findBadPrompts, true),
    check('gives the same prompts in portions of any size', findBrokenPortions),
    check('shows its first prompts without moving', findMovingTake),
    check('goes through every prompt once before it repeats one', findBrokenEpoch),
    check('gives as many prompts as it is asked for, past the end of its data', findShortPortion),
    check('has a fingerprint of its data', async (source, other) => {
      if (typeof source.fingerprint !== 'string' || source.fingerprint === '')
        return 'it has no fingerprint: a hash of the data, by which a resumed run sees that they are the same';
      return source.fingerprint === other.fingerprint
        ? undefined
        : 'two sources of the same data have other fingerprints';
    }),
  ],
};

async function findBadPrompts(source: PromptSource): Promise<Finding> {
  if (!Number.isInteger(source.size) || source.size < 1)
    return `its size is ${show(source.size)}: the number of different prompts`;
  if ((await source.next(0)).length !== 0) return 'asked for 0 prompts it gives some';
  const prompts = await source.next(Math.min(4, source.size));
  if (prompts.length !== Math.min(4, source.size))
    return `asked for ${Math.min(4, source.size)} prompts of ${source.size} it gives ${prompts.length}`;
  for (const prompt of prompts) {
    const found = findBadPrompt(prompt);
    if (found) return found;
  }
  return undefined;
}

function findBadPrompt({ id, input, reference, columns, visit }: Prompt): Finding {
  if (typeof id !== 'string' || id === '')
    return (
      `a prompt has the id ${show(id)}: a text that stays the same in any order and run, since ` +
      'random numbers hang on it'
    );
  const message = (one: unknown): boolean =>
    typeof one === 'object' && one !== null && 'role' in one && 'content' in one;
  if (!(typeof input === 'string' ? input !== '' : Array.isArray(input) && input.length > 0 && input.every(message)))
    return `prompt ${show(id)} has the input ${show(input)}: a text, or messages { role, content }`;
  if (reference !== undefined && typeof reference !== 'string')
    return `prompt ${show(id)} has a reference that is no text: ${show(reference)}`;
  if (typeof columns !== 'object' || columns === null)
    return `prompt ${show(id)} has no columns: give {} where a row has no others, since rewards read them`;
  return visit === 0 ? undefined : `prompt ${show(id)} has the visit ${show(visit)} at its first: count from 0`;
}

async function findBrokenPortions(source: PromptSource, other: PromptSource): Promise<Finding> {
  const whole = await source.next(5);
  const parts = [...(await other.next(2)), ...(await other.next(3))];
  const found = difference(plain(whole), plain(parts));
  return (
    found &&
    `five prompts at once are others than two and three: ${found}. Which prompt comes next may ` +
      'depend on how many have come alone'
  );
}

async function findMovingTake(source: PromptSource, other: PromptSource): Promise<Finding> {
  const shown = await source.take(3);
  if (shown.length !== Math.min(3, source.size)) return `take(3) gives ${shown.length} of ${source.size} prompts`;
  const again = difference(plain(shown), plain(await source.take(3)));
  if (again)
    return (
      `take gives other prompts at each call: ${again}. Give the first ones of a fixed order, which ` +
      'evaluations compare over time'
    );
  const moved = difference(plain(await other.next(4)), plain(await source.next(4)));
  return moved && `take moves the source: ${moved}. It only shows prompts; next goes on where it was`;
}

async function findBrokenEpoch(source: PromptSource): Promise<Finding> {
  if (source.size > WALKABLE) return undefined;
  const first = await source.next(source.size);
  const ids = new Set(first.map(({ id }) => id));
  if (first.length !== source.size || ids.size !== source.size)
    return (
      `of ${source.size} prompts the first time through brings ${ids.size} different ids: each ` +
      'prompt once, under an id of its own'
    );
  if (first.some(({ visit }) => visit !== 0)) return 'a prompt of the first time through has another visit than 0';
  const second = await source.next(source.size);
  if (second.length === 0) return undefined;
  const strange = second.find(({ id, visit }) => !ids.has(id) || visit !== 1);
  return (
    strange &&
    `the second time through, prompt ${show(strange.id)} comes with visit ${show(strange.visit)}: ` +
      'the same ids again, with visit 1'
  );
}

async function findShortPortion(source: PromptSource): Promise<Finding> {
  if (source.size > WALKABLE || source.size < 2) return undefined;
  await source.next(source.size - 1);
  const across = await source.next(2);
  if (across.length === 2 || (await source.next(1)).length === 0) return undefined;
  return (
    `asked for 2 prompts where one is left of its data it gives ${across.length}, and goes on after it: fewer ` +
    'than asked for mean that there are no more'
  );
}
