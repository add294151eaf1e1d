import type { Tokenizer } from '../../contracts/index.js';
import { isDapoError } from '../../errors/dapo-error.js';
import { difference, show } from './compare.js';
import { findFirst, type ContractCheck, type ContractSuite, type Finding } from './contract-check.js';

/** A text that the tokenizer can express: what some of its tokens mean, without the first ones. */
function sampleText(tokenizer: Tokenizer, without = 0): string {
  const ids = Array.from({ length: Math.min(40, tokenizer.vocabularySize) }, (_, id) => id).filter(
    (id) => id !== tokenizer.endToken,
  );
  return tokenizer.decode(ids.slice(Math.min(without, ids.length - 1)));
}

const check = (
  name: string,
  find: (tokenizer: Tokenizer) => Finding | Promise<Finding>,
  decides = false,
): ContractCheck<'tokenizer'> => ({
  name,
  decides,
  find: async (subject) => find(await subject.create()),
});

export const tokenizerContract: ContractSuite<'tokenizer'> = {
  methods: ['encode', 'encodePrompt', 'decode', 'files'],
  use: async (tokenizer, _, turn) => {
    const text = sampleText(tokenizer, turn);
    return {
      ids: tokenizer.encode(text),
      prompt: tokenizer.encodePrompt({ input: text }),
      files: tokenizer.files(),
    };
  },
  checks: [
    check('has a vocabulary and an end', findBadVocabulary, true),
    check('reads what it writes', findLostText),
    check('gives ids of its vocabulary', findStrangeIds),
    check('leaves the end out of the text', findVisibleEnd),
    check('refuses what it cannot express by a named error', findBareError),
    check('writes files that another program reads', findBadFiles),
  ],
};

function findBadVocabulary({ vocabularySize, endToken }: Tokenizer): Finding {
  if (!Number.isInteger(vocabularySize) || vocabularySize < 2)
    return `its vocabularySize is ${show(vocabularySize)}: count the tokens, the end token included`;
  if (Number.isInteger(endToken) && endToken >= 0 && endToken < vocabularySize) return undefined;
  return `its endToken is ${show(endToken)}, which is no id of a vocabulary of ${vocabularySize}`;
}

function findLostText(tokenizer: Tokenizer): Finding {
  const text = sampleText(tokenizer);
  const again = tokenizer.decode(tokenizer.encode(text));
  return again === text ? undefined : `${show(text)} encoded and decoded is ${show(again)}: decode undoes encode`;
}

async function findStrangeIds(tokenizer: Tokenizer): Promise<Finding> {
  const text = sampleText(tokenizer);
  const all = { encode: tokenizer.encode(text), encodePrompt: tokenizer.encodePrompt({ input: text }) };
  return findFirst(Object.entries(all), async ([name, ids]) => {
    if (!(ids instanceof Int32Array)) return `${name} gives ${show(ids)}: give an Int32Array`;
    const strange = ids.find((id) => id < 0 || id >= tokenizer.vocabularySize);
    if (strange !== undefined)
      return `${name} gives the id ${strange}, outside a vocabulary of ${tokenizer.vocabularySize}`;
    return name === 'encode' && ids.includes(tokenizer.endToken)
      ? 'encode adds the end token: it gives the ids of the text alone'
      : undefined;
  });
}

function findVisibleEnd(tokenizer: Tokenizer): Finding {
  const text = sampleText(tokenizer);
  const ended = tokenizer.decode([...tokenizer.encode(text), tokenizer.endToken]);
  if (ended !== text)
    return `with the end token ${show(text)} decodes to ${show(ended)}: special tokens are left out of a text`;
  return tokenizer.decode([]) === '' ? undefined : 'no token at all decodes to a text';
}

function findBareError(tokenizer: Tokenizer): Finding {
  for (const input of ['\u{1F9EE}\u0007', [{ role: 'user', content: 'a' }]]) {
    try {
      tokenizer.encodePrompt({ input });
    } catch (error) {
      if (!isDapoError(error))
        return (
          `it throws a bare error at ${show(input)}: ${String(error)}. Throw a DapoError that says ` +
          'which character or message, so that a run names the row'
        );
    }
  }
  return undefined;
}

function findBadFiles(tokenizer: Tokenizer): Finding {
  const files = tokenizer.files();
  const bad = Object.entries(files).find(
    ([name, content]) => name === '' || /[\\/]/.test(name) || typeof content !== 'string',
  );
  if (bad) return `its files have ${show(bad)}: a plain file name and its text each`;
  return difference(files, tokenizer.files()) && 'its files are others at each call';
}
