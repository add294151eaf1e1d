import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSafetensors } from './reader.js';
import { writeSafetensors } from './writer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dapo-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of a header and some bytes of data. */
async function fileOf(header: string, dataBytes: number): Promise<string> {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  const file = join(folder, 'file.safetensors');
  await writeFile(file, bytes);
  return file;
}

const entry = (fields: string): string => `{"w":{"dtype":"F32",${fields}}}`;

test.each([
  ['{', 0, 'A key of the header is not a string.'],
  ['{"w"', 0, 'The header is not valid JSON: nothing fits at character 4.'],
  ['[]', 0, 'The header does not start with {.'],
  ['{} x', 0, 'Something other than spaces follows the JSON of the header.'],
  ['{"w":3}', 0, 'The tensor "w" is not a JSON object.'],
  ['{"w":{"dtype":"F32","shape":[1]}}', 4, 'A tensor has no data_offsets.'],
  ['{"w":{"shape":[1],"data_offsets":[0,4]}}', 4, 'A tensor has no dtype.'],
  [entry('"data_offsets":[0,4]'), 4, 'A tensor has no shape.'],
  [entry('"shape":[1],"data_offsets":[0,4],"colour":1'), 4, 'A tensor has the unknown field "colour".'],
  [entry('"shape":[1],"shape":[1],"data_offsets":[0,4]'), 4, 'The key "shape" stands twice in the tensor "w".'],
  [entry('"shape":[1.0],"data_offsets":[0,4]'), 4, 'shape of a tensor must be whole numbers from 0 on.'],
  [entry('"shape":null,"data_offsets":[0,4]'), 4, 'shape of a tensor must be a list.'],
  [entry('"shape":[2],"data_offsets":[0,4]'), 4, 'The shape asks for 8 bytes and the offsets hold 4.'],
  [entry('"shape":[1],"data_offsets":[4,0]'), 4, 'data_offsets end before they start.'],
  [entry('"shape":[1],"data_offsets":[0,4]'), 2, 'data_offsets end at byte 4 of 2 bytes of data.'],
  [entry('"shape":[1],"data_offsets":[4,8]'), 8, 'Bytes 0 to 4 belong to no tensor.'],
  [entry('"shape":[1],"data_offsets":[0,4]'), 5, '1 bytes follow the last tensor.'],
  ['{"__metadata__":{"step":3}}', 0, 'The value of step in __metadata__ is not a string.'],
])('%s with %i bytes of data: %s', async (header, dataBytes, reason) => {
  const error = (await openSafetensors(await fileOf(header, dataBytes)).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message.split('\n')[0]).toBe(reason);
});

test('a dtype without numbers in JavaScript is listed, and refused when it is read', async () => {
  const file = await openSafetensors(await fileOf('{"w":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}', 2));
  expect(file.tensors.get('w')).toMatchObject({ dtype: 'F8_E4M3', shape: [2] });
  await expect(file.read('w')).rejects.toMatchObject({ code: 'DAPO_SAFETENSORS_DTYPE', received: 'F8_E4M3' });
  await file.close();
});

test('what is written is read again', async () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), shapes, { maxKeys: 5, noNullPrototype: false }),
      fc.string(),
      async (named, note) => {
        const tensors = Object.entries(named)
          .map(([name, shape], i) => {
            const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, j) => i + j / 7);
            return [name, { shape, values: () => Promise.resolve(values) }] as const;
          })
          .filter(([name]) => name !== '__metadata__');
        const path = join(folder, 'written.safetensors');
        await writeSafetensors(path, new Map(tensors), { note });
        const opened = await openSafetensors(path);
        expect(opened.metadata).toEqual(new Map([['note', note]]));
        expect([...opened.tensors.keys()].sort()).toEqual(tensors.map(([name]) => name).sort());
        for (const [name, { shape, values }] of tensors) {
          expect(opened.tensors.get(name)!.shape).toEqual(shape);
          expect(await opened.read(name)).toEqual(await values());
        }
        await opened.close();
      },
    ),
    { numRuns: 40 },
  );
});
