// Required before the command line: says at the end how much of TensorFlow.js was loaded.
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((file) => file.includes('@tensorflow'));
  console.error(`${loaded.length} modules of TensorFlow.js`);
});
