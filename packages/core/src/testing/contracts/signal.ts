import type { PolicyBatch, Signal } from '../../contracts/index.js';
import { providesOf } from '../../plugin/container.js';
import type { Plugin } from '../../plugin/define-plugin.js';
import { startOfRun } from '../fixtures.js';
import { allFinite, difference } from './compare.js';
import type { ContractSuite, Finding } from './contract-check.js';
import type { Subject } from './subject.js';
import { policyBatch, takeBatch } from './policy-batch.js';

type OfSignal = Subject<'signal'>;
const TEMPERATURE = { temperature: 1 };

/** Values response by response, cut to the tokens that there are. */
async function valuesOf(signal: Signal, batch: PolicyBatch): Promise<number[][]> {
  const { width, values } = await signal.compute(batch, TEMPERATURE);
  return batch.responses.map(({ tokens }, r) => Array.from(values.subarray(r * width, r * width + tokens.length)));
}

export const signalContract: ContractSuite<'signal'> = {
  methods: ['compute'],
  use: (signal, _, turn) => valuesOf(signal, takeBatch(policyBatch(), [turn, 0, 1])),
  checks: [
    {
      name: 'says what it provides',
      find: async ({ plugin, options }) =>
        providesOf(plugin as Plugin, options).length > 0
          ? undefined
          : 'it does not say which need it fulfils, so that nothing asks for it: provides: ' +
            `['reference-log-probs'], or a name of its own`,
    },
    { name: 'gives one number for each token', find: (subject) => findWrongSize(subject), decides: true },
    { name: 'follows the order of the responses', find: (subject) => findBrokenOrder(subject) },
    { name: 'is the same in any company', find: (subject) => findCompany(subject) },
    { name: 'is the same until it is refreshed', find: (subject) => findBrokenRefresh(subject) },
  ],
};

async function findWrongSize(subject: OfSignal): Promise<Finding> {
  const batch = policyBatch();
  const { width, values } = await (await subject.create()).compute(batch, TEMPERATURE);
  const longest = Math.max(...batch.responses.map(({ tokens }) => tokens.length));
  if (width < longest)
    return (
      `its width is ${width} for responses of up to ${longest} tokens: a row for each response, as ` +
      'wide as the longest'
    );
  if (values.length !== width * batch.responses.length)
    return (
      `it gives ${values.length} numbers for ${batch.responses.length} responses of width ${width}: ` +
      'they are row-major [responses, width]'
    );
  return allFinite([...values]) ? undefined : 'it gives NaN or infinity: put 0 beyond the end of a response';
}

async function findBrokenOrder(subject: OfSignal): Promise<Finding> {
  const signal = await subject.create();
  const batch = policyBatch();
  const order = [3, 0, 2, 1];
  const values = await valuesOf(signal, batch);
  const found = difference(
    order.map((r) => values[r]),
    await valuesOf(signal, takeBatch(batch, order)),
    { tolerance: 1e-4 },
  );
  return found && `responses in another order have other values: ${found}. The prompt of a response stands in promptOf`;
}

async function findCompany(subject: OfSignal): Promise<Finding> {
  const signal = await subject.create();
  const batch = policyBatch();
  const alone = (await valuesOf(signal, takeBatch(batch, [1])))[0];
  const found = difference((await valuesOf(signal, batch))[1], alone, { tolerance: 1e-4 });
  return (
    found && `a response has other values when it comes alone: ${found}. Padding of longer responses must not reach it`
  );
}

async function findBrokenRefresh(subject: OfSignal): Promise<Finding> {
  const signal = await subject.create();
  const before = await valuesOf(signal, policyBatch());
  const found = difference(before, await valuesOf(signal, policyBatch()), { tolerance: 1e-6 });
  if (found) return `a second call gives other values: ${found}. It may change in refresh alone`;
  await signal.refresh?.({ ...startOfRun, rolloutStep: 1 });
  return allFinite(await valuesOf(signal, policyBatch())) ? undefined : 'after refresh it gives NaN or infinity';
}
