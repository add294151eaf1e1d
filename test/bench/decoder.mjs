// A decoder in plain TensorFlow.js operations, as a plugin author would write it: what the benchmarks run.

/** Config B of the benchmarks: 0.82 M parameters. */
export const CONFIG_B = {
  vocabulary: 64,
  hidden: 128,
  layers: 4,
  heads: 4,
  feedForward: 352,
  prompt: 16,
  tokens: 48,
};

/** @param lookUp 'gather', or 'one-hot' where the backend has no gradient of gather */
export function createDecoder(tf, config, lookUp = 'gather') {
  const { vocabulary, hidden, layers, heads, feedForward, tokens } = config;
  const width = hidden / heads;
  let seed = 1;
  const matrix = (rows, columns) => tf.variable(tf.randomNormal([rows, columns], 0, 0.05, 'float32', seed++));
  const weights = {
    embedding: matrix(vocabulary, hidden),
    layers: Array.from({ length: layers }, () => ({
      norm1: tf.variable(tf.ones([hidden])),
      norm2: tf.variable(tf.ones([hidden])),
      q: matrix(hidden, hidden),
      k: matrix(hidden, hidden),
      v: matrix(hidden, hidden),
      o: matrix(hidden, hidden),
      gate: matrix(hidden, feedForward),
      up: matrix(hidden, feedForward),
      down: matrix(feedForward, hidden),
    })),
    norm: tf.variable(tf.ones([hidden])),
    output: matrix(hidden, vocabulary),
  };
  const angles = tf.outerProduct(
    tf.range(0, tokens),
    tf.pow(10000, tf.mul(tf.range(0, width / 2), -2 / width)),
  );
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  const mask = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([tokens, tokens]), -1, 0)), -1e9);

  const rmsNorm = (x, weight) =>
    tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5))), weight);

  /** [rows · tokens, hidden] → [rows, heads, tokens, width] */
  const splitHeads = (x, rows) => tf.transpose(tf.reshape(x, [rows, tokens, heads, width]), [0, 2, 1, 3]);

  const rotate = (x) => {
    const [left, right] = tf.split(x, 2, 3);
    return tf.concat(
      [tf.sub(tf.mul(left, cos), tf.mul(right, sin)), tf.add(tf.mul(left, sin), tf.mul(right, cos))],
      3,
    );
  };

  const attention = (x, layer, rows) => {
    const q = rotate(splitHeads(tf.matMul(x, layer.q), rows));
    const k = rotate(splitHeads(tf.matMul(x, layer.k), rows));
    const v = splitHeads(tf.matMul(x, layer.v), rows);
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width)), mask);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    return tf.matMul(tf.reshape(mixed, [rows * tokens, hidden]), layer.o);
  };

  const feed = (x, layer) => {
    const gate = tf.matMul(x, layer.gate);
    return tf.matMul(tf.mul(tf.mul(gate, tf.sigmoid(gate)), tf.matMul(x, layer.up)), layer.down);
  };

  /** Token ids [rows, tokens] → logits [rows · tokens, vocabulary]. */
  const forward = (ids) => {
    const rows = ids.shape[0];
    const flat = tf.reshape(ids, [rows * tokens]);
    let x =
      lookUp === 'gather'
        ? tf.gather(weights.embedding, flat)
        : tf.matMul(tf.cast(tf.oneHot(flat, vocabulary), 'float32'), weights.embedding);
    for (const layer of weights.layers) {
      x = tf.add(x, attention(rmsNorm(x, layer.norm1), layer, rows));
      x = tf.add(x, feed(rmsNorm(x, layer.norm2), layer));
    }
    return tf.matMul(rmsNorm(x, weights.norm), weights.output);
  };

  const variables = [
    weights.embedding,
    weights.norm,
    weights.output,
    ...weights.layers.flatMap((layer) => Object.values(layer)),
  ];
  return { forward, variables };
}

/** log π(next token) [rows, tokens − 1]. */
export function tokenLogProbs(tf, decoder, ids, vocabulary) {
  const [rows, tokens] = ids.shape;
  const logits = tf.reshape(decoder.forward(ids), [rows, tokens, vocabulary]);
  const logProbs = tf.logSoftmax(tf.slice(logits, [0, 0, 0], [rows, tokens - 1, vocabulary]));
  const next = tf.oneHot(tf.slice(ids, [0, 1], [rows, tokens - 1]), vocabulary);
  return tf.sum(tf.mul(logProbs, next), -1);
}
