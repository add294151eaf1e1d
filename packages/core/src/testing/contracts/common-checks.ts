import type { State } from '../../contracts/index.js';
import { optionsSchema, type Plugin } from '../../plugin/define-plugin.js';
import type { Contracts, Kind } from '../../plugin/kinds.js';
import { definitionProblem } from '../../plugin/registry.js';
import { tf } from '../../tensors/tf.js';
import { z } from 'zod';
import { difference, lostInJson } from './compare.js';
import type { ContractCheck, ContractSuite, Finding } from './contract-check.js';
import { standInConfig } from './stand-ins.js';
import type { Subject } from './subject.js';
import { watchSynchronousReads } from './synchronous-reads.js';

/** What is asked first of every plugin, whatever its kind: whether there is something to look at. */
export function openingChecks<K extends Kind>(suite: ContractSuite<K>): readonly ContractCheck<K>[] {
  return [
    {
      name: 'is defined as a plugin',
      find: async ({ plugin }) => definitionProblem(plugin as unknown as Plugin, 'the suite')?.message,
      decides: true,
    },
    { name: 'takes its options back', find: async (subject) => findBrokenOptions(subject) },
    { name: 'looks at a config', find: async (subject) => findBrokenRemarks(subject) },
    {
      name: 'has the functions of its contract',
      find: (subject) => findMissingMethod(subject, suite),
      decides: true,
    },
  ];
}

/** What is asked last of every plugin: how it behaves in a long run. */
export function closingChecks<K extends Kind>(suite: ContractSuite<K>): readonly ContractCheck<K>[] {
  return [
    { name: 'leaves no tensor behind', find: (subject) => findLeak(subject, suite) },
    { name: 'reads no tensor synchronously', find: (subject) => findSynchronousRead(subject, suite) },
    { name: 'comes to the same each time', find: (subject) => findChance(subject, suite) },
    { name: 'goes on from its saved state', find: (subject) => findLostState(subject, suite) },
  ];
}

function findBrokenOptions({ plugin, options }: Subject): Finding {
  const schema = optionsSchema(plugin);
  const lost = lostInJson(withoutMissing(options));
  if (lost)
    return (
      `JSON can't hold its options: ${lost}. A checkpoint and a manifest write them down: take ` +
      'strings, numbers, booleans and lists'
    );
  const kept = JSON.parse(JSON.stringify(options)) as Record<string, unknown>;
  const again = schema.safeParse(kept);
  const advice =
    'A resumed run reads what the first one wrote: let the schema give what it takes, and transform in create';
  if (!again.success)
    return (
      'its options schema refuses its own output: ' +
      `${again.error.issues.map(({ message }) => message).join('; ')}. ${advice}`
    );
  const changed = difference(kept, withoutMissing(again.data));
  if (changed) return `its options schema changes its own output: ${changed}. ${advice}`;
  return findUndescribable(schema);
}

const withoutMissing = (options: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

function findUndescribable(schema: z.ZodObject): Finding {
  try {
    z.toJSONSchema(schema, { io: 'input' });
    return undefined;
  } catch (error) {
    return `its options schema has no JSON schema, which lists and editors are made of: ${messageOf(error)}`;
  }
}

async function findBrokenRemarks(subject: Subject): Promise<Finding> {
  const { plugin, options } = subject;
  const modules = await subject.importModules();
  let remarks: unknown;
  try {
    remarks = plugin.check?.(options, standInConfig, modules) ?? [];
  } catch (error) {
    return `its check threw at a config: ${messageOf(error)}. Give a remark { level: 'error', message } instead`;
  }
  const all = Array.isArray(remarks) ? (remarks as Readonly<Record<string, unknown>>[]) : [{}];
  const sound = all.every(
    ({ level, message }) => (level === 'error' || level === 'warning') && typeof message === 'string' && message !== '',
  );
  return sound ? undefined : `its check gives something else than a list of { level: 'error' or 'warning', message }`;
}

async function findMissingMethod<K extends Kind>(subject: Subject<K>, { methods }: ContractSuite<K>): Promise<Finding> {
  const instance = (await subject.create()) as unknown as Readonly<Record<string, unknown>>;
  const missing = methods.filter((name) => typeof instance[name] !== 'function');
  return missing.length === 0
    ? undefined
    : `what its create gives has no function ${missing.join(', ')}: the kind ${subject.plugin.kind} ` +
        `needs ${methods.join(', ')}`;
}

async function findLeak<K extends Kind>(subject: Subject<K>, suite: ContractSuite<K>): Promise<Finding> {
  const before = tf.memory().numTensors;
  const instance = await subject.create();
  await suite.use(instance, subject, 0);
  const settled = tf.memory().numTensors;
  await suite.use(instance, subject, 1);
  const grown = tf.memory().numTensors - settled;
  await subject.release();
  if (grown > 0) {
    return (
      `each use leaves ${count(grown)} behind: put tensor work into tf.tidy, dispose of what is ` +
      'awaited out of it, and use tf.keep and tf.variable only for what dispose() frees'
    );
  }
  const left = tf.memory().numTensors - before;
  return left > 0
    ? `it leaves ${count(left)} when it is disposed of: give it a dispose() that frees what create and ` +
        'use have made'
    : undefined;
}

const count = (tensors: number): string => (tensors === 1 ? '1 tensor' : `${tensors} tensors`);

async function findSynchronousRead<K extends Kind>(subject: Subject<K>, suite: ContractSuite<K>): Promise<Finding> {
  const instance = await subject.create();
  const reads = await watchSynchronousReads(() => suite.use(instance, subject, 0));
  if (reads === 0) return undefined;
  return (
    'it reads a tensor synchronously (dataSync, arraySync or printing one), which some backends ' +
    `can't: await tensor.data(), or stay in tensor operations`
  );
}

async function findChance<K extends Kind>(subject: Subject<K>, suite: ContractSuite<K>): Promise<Finding> {
  const run = async (): Promise<unknown[]> => {
    const instance = await subject.create();
    return [await suite.use(instance, subject, 0), await suite.use(instance, subject, 1)];
  };
  const found = difference(await run(), await run(), subject.exact ? { tolerance: 0 } : { tolerance: 1e-4 });
  return (
    found &&
    `two instances do different things with the same: ${found}. Draw numbers from tokens.random by a ` +
      'key, never from Math.random or the clock'
  );
}

async function findLostState<K extends Kind>(subject: Subject<K>, suite: ContractSuite<K>): Promise<Finding> {
  const worn = await subject.create();
  const { state, restore } = worn as Partial<Record<'state' | 'restore', unknown>>;
  if ((state === undefined) !== (restore === undefined)) {
    return state
      ? 'it has state() and no restore(): a resumed run would start it anew'
      : 'it has restore() and no state(): there is nothing to restore it from';
  }
  await suite.use(worn, subject, 0);
  await suite.use(worn, subject, 1);
  const goesOn = state ? await reopened(worn, subject, suite) : await subject.create();
  if (typeof goesOn === 'string') return goesOn;
  const found = difference(
    await suite.use(worn, subject, 2),
    await suite.use(goesOn, subject, 2),
    subject.exact ? { tolerance: 0 } : { tolerance: 1e-4 },
  );
  if (!found) return undefined;
  return state
    ? `an instance that is restored from its state does not go on as the first does: ${found}. Put ` +
        'into state() all that later calls depend on'
    : `what it does depends on what it did before, and it has no state(): ${found}. A resumed run ` +
        'would differ: give it state() and restore()';
}

async function reopened<K extends Kind>(
  worn: Contracts[K],
  subject: Subject<K>,
  suite: ContractSuite<K>,
): Promise<Contracts[K] | string> {
  const saved = await (worn as { state(): State | Promise<State> }).state();
  const unwritable = findUnwritable(saved);
  if (unwritable) return unwritable;
  const fresh = suite.reopen ? await suite.reopen(worn, subject) : await subject.create();
  await (fresh as { restore(state: State): void | Promise<void> }).restore(asRead(saved));
  return fresh;
}

/** A state as a checkpoint gives it back: another object, of plain data and fresh arrays. */
function asRead({ json, tensors }: State): State {
  const copies = Object.entries(tensors ?? {}).map(
    ([name, { shape, values }]) => [name, { shape: [...shape], values: Float32Array.from(values) }] as const,
  );
  return {
    json: JSON.parse(JSON.stringify(json)) as State['json'],
    ...(tensors && { tensors: Object.fromEntries(copies) }),
  };
}

function findUnwritable({ json, tensors = {} }: State): Finding {
  const lost = lostInJson(json);
  if (lost) return `JSON can't hold its state: ${lost}. Give { json, tensors } with numbers, strings and lists in json`;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (!(values instanceof Float32Array))
      return `its state has values of «${name}» that are no Float32Array: read the tensor with await data()`;
    if (values.length !== size) return `its state has ${values.length} values of «${name}» for a shape of ${size}`;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
