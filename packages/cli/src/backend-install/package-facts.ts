/** The package that brings TensorFlow to Node; its version is that of TensorFlow.js here, whose registry it shares. */
export const PACKAGE = '@tensorflow/tfjs-node-gpu';
export const VERSION = '4.22.0';
