// Search by words, and by meaning through the passages' own vectors. There is no language model in the page: a phrase
// counts by its words, and by what passages with these words are near to.
const vectors = (() => {
  const { dimensions, signs } = data.vectors;
  const all = new Int8Array(signs.length);
  for (let n = 0; n < signs.length; n += 1) all[n] = signs.charCodeAt(n) - 0x2880;
  const row = new Int32Array(segments.length).fill(-1);
  let next = 0;
  segments.forEach((segment, n) => { if (segment[MARKS] & HAS_VECTOR) { row[n] = next; next += 1; } });
  const length = new Float32Array(next);
  for (let k = 0; k < next; k += 1) {
    let sum = 0;
    for (let d = 0; d < dimensions; d += 1) sum += all[k * dimensions + d] ** 2;
    length[k] = Math.sqrt(sum) || 1;
  }
  // The middle of some passages, each counting the same.
  const middle = (numbers) => {
    const sum = new Float32Array(dimensions);
    numbers.filter((n) => row[n] >= 0).forEach((n) => { for (let d = 0; d < dimensions; d += 1) sum[d] += all[row[n] * dimensions + d] / length[row[n]]; });
    return sum;
  };
  // How near every passage is to a vector: cosine, 0 where a passage has no vector.
  const nearness = (vector) => {
    const size = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0)) || 1, near = new Float32Array(segments.length);
    for (let n = 0; n < segments.length; n += 1) {
      if (row[n] < 0) continue;
      let sum = 0;
      for (let d = 0, at = row[n] * dimensions; d < dimensions; d += 1) sum += all[at + d] * vector[d];
      near[n] = sum / (size * length[row[n]]);
    }
    return near;
  };
  return { there: dimensions > 0, middle, nearness };
})();
const COMMON = new Set("a about all also am an and any are as at be because been being but by can could did do does done for from get got had has have he her him his how i if in into is it its it's just like me more most much my no not now of on one or our out over really said say she so some such than that the their them then there these they thing things think this those to too up us very was we were what when where which who why will with would yeah yes you your okay kind sort lot bit going want i'm i'd i'll i've".split(" "));
const wordsIn = (text) => fold(text).match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) || [];
// Words are compared without their endings: staff, staffed, staffing.
const stem = (word) => (word.length > 4 ? word.replace(/(?:ing|edly|ed|ies|es|s|ly)$/, "") || word : word);
const index = (() => {
  let made = null;
  return () => {
    if (made) return made;
    const plain = segments.map((segment) => fold(textOf(segment)));
    const holding = new Map(), sizes = new Float32Array(segments.length);
    plain.forEach((text, n) => {
      const found = tally((text.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) || []).map(stem));
      sizes[n] = [...found.values()].reduce((sum, k) => sum + k, 0);
      found.forEach((k, word) => { if (!holding.has(word)) holding.set(word, []); holding.get(word).push([n, k]); });
    });
    const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
    made = { plain, holding, sizes, mean };
    return made;
  };
})();
// Scores of passages by words (BM25: rare words count more, long passages less).
const byWords = (words, weight = 1, score = new Map()) => {
  const { holding, sizes, mean } = index();
  words.forEach((word) => {
    const rows = holding.get(stem(word)) || [];
    const rare = Math.log(1 + (segments.length - rows.length + 0.5) / (rows.length + 0.5));
    rows.forEach(([n, k]) => score.set(n, (score.get(n) || 0) + (weight * rare * k * 2.2) / (k + 1.2 * (0.25 + (0.75 * sizes[n]) / mean))));
  });
  return score;
};
// The study's own words that stand near these passages more than elsewhere.
const nearWords = (numbers, given, most = 5) => {
  const { holding } = index(), inside = new Map(), known = new Set(given.map(stem));
  numbers.forEach((n) => new Set(wordsIn(textOf(segments[n]))).forEach((word) => {
    if (word.length < 4 || word.includes("'") || COMMON.has(word) || known.has(stem(word))) return;
    const root = stem(word);
    if (!inside.has(root)) inside.set(root, { word, k: 0 });
    inside.get(root).k += 1;
  }));
  return [...inside.entries()].filter(([, { k }]) => k >= 3).map(([root, { word, k }]) => [word, (k / numbers.length) * Math.log(segments.length / (holding.get(root) || [0]).length)])
    .sort((a, b) => b[1] - a[1]).slice(0, most).map(([word]) => word);
};
// Ranks passages for a phrase: those with all its words as they stand first, then by words and by nearness in meaning.
const searchFor = (phrase) => {
  const all = wordsIn(phrase), words = all.filter((word) => !COMMON.has(word));
  const asked = words.length ? words : all;
  const exact = fold(phrase.trim());
  const score = byWords(asked), asks = new Set(score.keys());
  const { plain } = index();
  const literal = plain.flatMap((text, n) => (exact && text.includes(exact) ? [n] : []));
  const ranked = [...score.entries()].filter(([n]) => segments[n][USED]).sort((a, b) => b[1] - a[1]);
  const start = [...literal.filter((n) => segments[n][USED]), ...ranked.map(([n]) => n)].slice(0, 12);
  let near = null, also = [], around = [];
  if (start.length && vectors.there) {
    near = vectors.nearness(vectors.middle(start));
    around = [...used].sort((a, b) => near[b] - near[a]).slice(0, 40);
    also = nearWords(around, asked);
    byWords(also, 0.3, score);
  }
  const top = Math.max(1e-9, ...score.values());
  const total = new Map();
  score.forEach((value, n) => total.set(n, value / top + (near ? Math.max(0, near[n]) * 0.6 : 0)));
  around.forEach((n) => { if (!total.has(n)) total.set(n, Math.max(0, near[n]) * 0.6); });
  literal.forEach((n) => total.set(n, 2 + (total.get(n) || 0)));
  // How many of some passages say the phrase, else have its words, or else are only near.
  const among = (numbers) => {
    const there = numbers.filter((n) => total.has(n)), says = new Set(literal), own = there.filter((n) => !says.has(n) && asks.has(n)).length;
    const exactly = there.filter((n) => says.has(n)).length;
    return { literal: exactly, withWords: own, near: there.length - exactly - own };
  };
  return { total, literal: literal.length, among, asked, also, known: asked.filter((word) => index().holding.has(stem(word))) };
};
// Passages nearest in meaning to some passages.
const nearest = (numbers) => {
  const near = vectors.nearness(vectors.middle(numbers)), themselves = numbers.length === 1 ? new Set(numbers) : new Set();
  return new Map(used.filter((n) => near[n] > 0 && !themselves.has(n)).map((n) => [n, near[n]]));
};
