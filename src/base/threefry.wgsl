// Threefry-2x32, 20 rounds: the same bits as threefry.ts. Prepended to shaders that draw.

fn turn(v: vec2u, bits: u32) -> vec2u {
  let x = v.x + v.y;
  return vec2u(x, ((v.y << bits) | (v.y >> (32u - bits))) ^ x);
}

fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1bd11bdau ^ key.x ^ key.y;
  var v = counter + key;
  v = turn(turn(turn(turn(v, 13u), 15u), 26u), 6u) + vec2u(key.y, k2 + 1u);
  v = turn(turn(turn(turn(v, 17u), 29u), 16u), 24u) + vec2u(k2, key.x + 2u);
  v = turn(turn(turn(turn(v, 13u), 15u), 26u), 6u) + vec2u(key.x, key.y + 3u);
  v = turn(turn(turn(turn(v, 17u), 29u), 16u), 24u) + vec2u(key.y, k2 + 4u);
  v = turn(turn(turn(turn(v, 13u), 15u), 26u), 6u) + vec2u(k2, key.x + 5u);
  return v;
}
