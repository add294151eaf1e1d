import type { tf } from '@dapo/core';
import { requireFloat32, sizeOf } from '../../kernels/tensors.js';
import type { Heap } from '../heap.js';
import type { SgemmVariant } from '../sgemm.js';

/** Attributes of both kernels: key heads, query heads to each, width of a head. */
interface AttentionSizes {
  readonly keyHeads: number;
  readonly group: number;
  readonly headDim: number;
  /** Of the longest sequence. */
  readonly tokens: number;
  /** Of the longest prompt; 0 where rows have none. */
  readonly prefixTokens: number;
}

type Inputs = Readonly<Record<'x' | 'starts', tf.TensorInfo>> & Readonly<Partial<Record<Optional, tf.TensorInfo>>>;
type Optional = 'offsets' | 'stats' | 'dy';

/** Causal attention over packed projections, with a prompt that rows share: assembly/attention.ts. */
export function attentionKernels(heap: Heap, { module }: SgemmVariant): Record<string, tf.KernelFunc> {
  const { pool } = heap;
  const forward = pool.function(`${module}.attend`);
  const backward = pool.function(`${module}.attendBackward`);
  const scratch = pool.function(`${module}.attentionScratch`).run as (
    tokens: number,
    prefix: number,
    headDim: number,
    blocks: number,
  ) => number;
  const at = (tensor: tf.TensorInfo | undefined): number => (tensor ? heap.address(tensor) : 0);

  /** Units of work and the nanoseconds of one, `flops` for each pair of a query and a key. */
  const work = ({ x, starts }: Inputs, sizes: AttentionSizes, flops: number): readonly [number, number] => {
    const units = (sizeOf(starts.shape) - 1) * sizes.keyHeads;
    const pairs = x.shape[0]! * sizes.keyHeads * sizes.group * (sizes.prefixTokens + sizes.tokens / 2);
    return [units, (pairs * (flops * sizes.headDim)) / 20 / Math.max(1, units)];
  };
  const common = ({ x, offsets, starts }: Inputs, s: AttentionSizes): number[] => [
    s.keyHeads,
    s.group,
    s.headDim,
    4 * x.shape[1]!,
    at(x),
    sizeOf(starts.shape) - 1,
    at(offsets),
    s.tokens,
    s.prefixTokens,
    at(starts),
  ];

  const attend: tf.KernelFunc = (params) => {
    const inputs = params.inputs as unknown as Inputs;
    const sizes = params.attrs as unknown as AttentionSizes;
    requireFloat32('DapoAttend', inputs.x);
    const heads = sizes.keyHeads * sizes.group;
    const rows = inputs.x.shape[0]!;
    const [out, stats] = [
      heap.output([rows, heads * sizes.headDim], 'float32'),
      heap.output([rows, heads, 2], 'float32'),
    ];
    pool.reserve(scratch(sizes.tokens, sizes.prefixTokens, sizes.headDim, 1));
    const [units, nanoseconds] = work(inputs, sizes, 4);
    if (rows > 0) pool.run(forward, units, nanoseconds, [...common(inputs, sizes), out.address, stats.address]);
    return [out.info, stats.info];
  };

  const attendBackward: tf.KernelFunc = (params) => {
    const inputs = params.inputs as unknown as Inputs;
    const sizes = params.attrs as unknown as AttentionSizes;
    const { x, stats, dy } = inputs;
    const dx = heap.output(x.shape, 'float32');
    pool.reserve(scratch(sizes.tokens, sizes.prefixTokens, sizes.headDim, 2));
    const [units, nanoseconds] = work(inputs, sizes, 10);
    if (x.shape[0]! > 0)
      pool.run(backward, units, nanoseconds, [...common(inputs, sizes), at(stats), at(dy), dx.address]);
    return dx.info;
  };

  return { DapoAttend: attend, DapoAttendBackward: attendBackward };
}
