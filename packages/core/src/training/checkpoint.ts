import type { Json, SavedTensor, State, Stateful } from '../contracts/index.js';
import { checkpointMissing } from '../errors/run-errors.js';
import type { RunContainer } from '../plugin/container.js';
import type { Host } from './host.js';

/** What a checkpoint folder holds beside the weights. */
interface CheckpointFile {
  readonly format: 1;
  readonly counters: Json;
  /** What `policy.save` gave, relative to the checkpoint. */
  readonly policy: string;
  /** Config path → state of the part there. */
  readonly parts: Readonly<Record<string, Json>>;
  /** Config path → tensor name → shape and place in state.bin, in floats. */
  readonly tensors: Readonly<
    Record<string, Readonly<Record<string, { readonly shape: readonly number[]; readonly offset: number }>>>
  >;
}

export interface OpenedCheckpoint {
  readonly folder: string;
  readonly counters: Json;
  /** Reference for the policy's factory. */
  readonly policy: string;
  readonly states: ReadonlyMap<string, State>;
}

const POLICY_FOLDER = 'policy';

export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/**
 * Saves everything that a run needs to go on: written beside its place and renamed, so that a crash leaves either the
 * whole checkpoint or none.
 */
export async function saveCheckpoint(
  host: Host,
  runFolder: string,
  step: number,
  container: RunContainer,
  counters: Json,
  savePolicy: (folder: string) => Promise<string>,
): Promise<string> {
  const name = checkpointName(step);
  const target = host.join(runFolder, 'checkpoints', name);
  const draft = host.join(runFolder, 'checkpoints', `.${name}.draft`);
  await host.remove(draft);
  await host.makeFolder(draft);
  const policy = await savePolicy(host.join(draft, POLICY_FOLDER));
  const { parts, tensors, floats } = await collectStates(container);
  const file: CheckpointFile = { format: 1, counters, policy: host.relative(draft, policy), parts, tensors };
  await host.write(host.join(draft, 'state.bin'), new Uint8Array(floats.buffer));
  await host.write(host.join(draft, 'state.json'), `${JSON.stringify(file, null, 2)}\n`);
  await host.replaceFolder(draft, target);
  return target;
}

async function collectStates(
  container: RunContainer,
): Promise<Pick<CheckpointFile, 'parts' | 'tensors'> & { readonly floats: Float32Array }> {
  const parts: Record<string, Json> = {};
  const tensors: Record<string, Record<string, { shape: readonly number[]; offset: number }>> = {};
  const chunks: Float32Array[] = [];
  let offset = 0;
  for (const { path, instance } of container.placed) {
    const { state } = instance as Partial<Stateful>;
    if (!state) continue;
    const saved = await state.call(instance);
    parts[path] = saved.json;
    for (const [name, { shape, values }] of Object.entries(saved.tensors ?? {})) {
      (tensors[path] ??= {})[name] = { shape, offset };
      chunks.push(values);
      offset += values.length;
    }
  }
  const floats = new Float32Array(offset);
  let at = 0;
  for (const chunk of chunks) {
    floats.set(chunk, at);
    at += chunk.length;
  }
  return { parts, tensors, floats };
}

/** Reads a checkpoint. Throws where the folder holds none. */
export async function openCheckpoint(host: Host, folder: string): Promise<OpenedCheckpoint> {
  const file = await readCheckpointFile(host, folder);
  const bytes = await host.readBytes(host.join(folder, 'state.bin'));
  // A host may give a part of a larger buffer, which floats need not be aligned in.
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const floats = new Float32Array(
    aligned.buffer,
    aligned.byteOffset,
    aligned.byteLength / Float32Array.BYTES_PER_ELEMENT,
  );
  const states = new Map<string, State>();
  for (const [path, json] of Object.entries(file.parts)) {
    const tensors = Object.entries(file.tensors[path] ?? {}).map(([name, { shape, offset }]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, values: floats.slice(offset, offset + size) } satisfies SavedTensor] as const;
    });
    states.set(path, { json, tensors: Object.fromEntries(tensors) });
  }
  return { folder, counters: file.counters, policy: host.resolve(folder, file.policy), states };
}

/** What a checkpoint says, without its tensors. Throws where the folder holds none. */
export async function readCheckpointFile(host: Host, folder: string): Promise<CheckpointFile> {
  const text = await host.readText(host.join(folder, 'state.json'));
  if (text === undefined) throw checkpointMissing(folder);
  return JSON.parse(text) as CheckpointFile;
}

/** Gives every part its state back. */
export async function restoreStates(container: RunContainer, states: ReadonlyMap<string, State>): Promise<void> {
  for (const { path, instance } of container.placed) {
    const state = states.get(path);
    if (state) await (instance as Partial<Stateful>).restore?.(state);
  }
}

/** Folder of the newest whole checkpoint of a run, if there is one. */
export async function newestCheckpoint(host: Host, runFolder: string): Promise<string | undefined> {
  const names = await checkpointNames(host, runFolder);
  const newest = names.at(-1);
  return newest && host.join(runFolder, 'checkpoints', newest);
}

/** Removes the oldest checkpoints beyond `keep`. */
export async function pruneCheckpoints(host: Host, runFolder: string, keep: number): Promise<void> {
  const names = await checkpointNames(host, runFolder);
  for (const name of names.slice(0, Math.max(0, names.length - keep))) {
    await host.remove(host.join(runFolder, 'checkpoints', name));
  }
}

async function checkpointNames(host: Host, runFolder: string): Promise<string[]> {
  const names = await host.list(host.join(runFolder, 'checkpoints'));
  return names.filter((name) => name.startsWith('step-')).sort();
}
