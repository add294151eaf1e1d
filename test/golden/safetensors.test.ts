import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DapoError } from '@dapo/core';
import { openSafetensors } from '../../packages/plugins/src/safetensors/reader.js';
import { writeSafetensors } from '../../packages/plugins/src/safetensors/writer.js';
import { goldenFolder, readGolden } from './golden-folder.js';

type Value = number | string | boolean;

interface ValidFile {
  readonly file: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly values: readonly Value[];
  }[];
}

const folder = join(goldenFolder(), 'safetensors');
const valid = (readGolden('safetensors/expected.json') as { files: readonly ValidFile[] }).files;
const bad = (readGolden('safetensors/bad/expected.json') as { files: readonly { file: string; error: string }[] })
  .files;

/** Numbers that JSON lacks and integers beyond 2^53 stand as strings; true and false are 1 and 0 in memory. */
function asInMemory(value: Value, wide: boolean): number | bigint {
  if (wide) return BigInt(value);
  return Number(value);
}

describe('valid files', () => {
  test.each(valid)('$file', async ({ file, metadata, tensors }) => {
    const opened = await openSafetensors(join(folder, file));
    expect(opened.metadata).toEqual(new Map(Object.entries(metadata ?? {})));
    expect(new Set(opened.tensors.keys())).toEqual(new Set(tensors.map(({ name }) => name)));
    for (const { name, dtype, shape, values } of tensors) {
      expect(opened.tensors.get(name)).toMatchObject({ dtype, shape });
      const read = await opened.read(name);
      expect(Array.from<number | bigint>(read)).toEqual(
        values.map((value) => asInMemory(value, /^[IU]64$/.test(dtype))),
      );
    }
    await opened.close();
  });
});

describe('bad files', () => {
  test.each(bad)('$file: $error', async ({ file }) => {
    const refused = await openSafetensors(join(folder, 'bad', file)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(DapoError);
    expect(refused).toMatchObject({ code: 'DAPO_SAFETENSORS_INVALID', location: { file: join(folder, 'bad', file) } });
  });
});

test.each(readdirSync(join(goldenFolder(), 'models')))(
  'the weights of %s written again are the same file',
  async (model) => {
    const source = join(goldenFolder(), 'models', model, 'model.safetensors');
    const copies = await mkdtemp(join(tmpdir(), 'dapo-safetensors-'));
    try {
      const opened = await openSafetensors(source);
      const tensors = [...opened.tensors].map(
        ([name, { shape }]) =>
          [name, { shape, values: async () => (await opened.read(name)) as Float32Array }] as const,
      );
      await writeSafetensors(join(copies, 'copy.safetensors'), new Map(tensors), Object.fromEntries(opened.metadata));
      await opened.close();
      const [original, copy] = await Promise.all([readFile(source), readFile(join(copies, 'copy.safetensors'))]);
      expect(copy.equals(original)).toBe(true);
    } finally {
      await rm(copies, { recursive: true });
    }
  },
);
