// Node looks through all of a CommonJS module for the names of its exports before an ES module may import it: TensorFlow.js
// is 8 MB, and that takes longer than to run it. Of this file there is one name to find.
exports.tf = require('@tensorflow/tfjs');
