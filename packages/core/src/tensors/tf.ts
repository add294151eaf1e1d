/**
 * The one TensorFlow.js of a process. Plugins take `tf` from @dapo/core, so that tensors, gradients and the backend
 * are shared. The union package is needed: tfjs-core alone registers no gradients.
 */
export { tf } from '#tensorflow';
