// What the dense parts of a model are made of, in one module: it is compiled in several forms, by what a processor has.

export { chunksOf, multiply, scratchBytes, tileColumns, tileRows } from './sgemm';
export { attend } from './attention';
export { attendBackward } from './attention-backward';
export { attentionScratch } from './attention-parts';
