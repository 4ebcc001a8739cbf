// All that Django's look-ups need of its catalogue of words: each %s is the next value.
window.interpolate = (words, values) => words.replace(/%s/g, () => values.shift());
