/** Project rules that oxlint does not have, loaded by .oxlintrc.json. */

const MAC_WORD = /^(?:\w*_)?(?:h?mac|tag|signature)(?:s|_?of)?$/i;
const MAC_ENDING = /[a-z\d](?:Mac|Hmac|Tag|Signature)(?:s|Of)?$/;
/** What gives a part of a value, or the value in another form. */
const PARTS =
  /^(?:at|charAt|charCodeAt|digest|slice|subarray|substring|substr|toLowerCase|toString|toUpperCase|update)$/;
/** Methods that stop at the first difference, as `===` does. */
const COMPARISONS = /^(?:compare|endsWith|equals|includes|indexOf|is|lastIndexOf|localeCompare|startsWith)$/;

const nameOf = (node) => (node?.type === "MemberExpression" ? (node.property.name ?? node.property.value) : node?.name);

/** Whether a value is a MAC, or made of one, by the names that it goes by. */
function holdsMac(node) {
  switch (node?.type) {
    case "AwaitExpression":
      return holdsMac(node.argument);
    case "ChainExpression":
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
      return holdsMac(node.expression);
    case "TemplateLiteral":
      return node.expressions.some(holdsMac);
    case "CallExpression":
      return (
        holdsMac(node.callee) ||
        (node.callee.type === "MemberExpression" && PARTS.test(nameOf(node.callee)) && holdsMac(node.callee.object))
      );
    default: {
      const name = nameOf(node);
      const named = typeof name === "string" && (MAC_WORD.test(name) || MAC_ENDING.test(name));
      return named || (node?.type === "MemberExpression" && node.computed && holdsMac(node.object));
    }
  }
}

const constantTimeCompare = {
  create(context) {
    const report = (node, how) =>
      context.report({ node, message: `${how} on a MAC leaks where it differs. Compare in constant time.` });
    return {
      BinaryExpression(node) {
        const sides = [node.left, node.right];
        // `mac === undefined` compares no bytes.
        const harmless = sides.some((side) => side.name === "undefined" || side.value === null);
        if (/^[!=]==?$/.test(node.operator) && !harmless && sides.some(holdsMac)) report(node, `"${node.operator}"`);
      },
      CallExpression(node) {
        if (node.callee.type !== "MemberExpression" || !COMPARISONS.test(nameOf(node.callee))) return;
        if ([node.callee.object, ...node.arguments].some(holdsMac)) report(node, `"${nameOf(node.callee)}"`);
      },
      SwitchStatement(node) {
        if (holdsMac(node.discriminant)) report(node, `"switch"`);
      },
    };
  },
};

/** Where the time can be had without anybody having handed it in. */
const AMBIENT_TIME = {
  Date: ["now"],
  Temporal: ["Now"],
  performance: ["now", "timeOrigin"],
  process: ["hrtime", "uptime"],
};

const takeAClock = {
  create(context) {
    const report = (node) =>
      context.report({ node, message: "Take a Clock, or one of src/clock.ts: tests and skew bounds depend on it." });
    const gives = (object, member) =>
      Object.hasOwn(AMBIENT_TIME, nameOf(object) ?? "") && AMBIENT_TIME[nameOf(object)].includes(member);
    return {
      MemberExpression(node) {
        if (gives(node.object, nameOf(node))) report(node);
      },
      VariableDeclarator(node) {
        if (node.id.type !== "ObjectPattern" || !node.init) return;
        if (node.id.properties.some(({ key }) => gives(node.init, key?.name ?? key?.value))) report(node);
      },
      ImportDeclaration(node) {
        if (!/^(?:node:)?process$/.test(node.source.value)) return;
        if (node.specifiers.some(({ imported }) => AMBIENT_TIME.process.includes(imported?.name))) report(node);
      },
      // With arguments, it is a conversion.
      NewExpression(node) {
        if (nameOf(node.callee) === "Date" && node.arguments.length === 0) report(node);
      },
      // As a function it gives the time, whatever its arguments are.
      CallExpression(node) {
        if (nameOf(node.callee) === "Date") report(node);
      },
    };
  },
};

export default {
  meta: { name: "project" },
  rules: { "constant-time-compare": constantTimeCompare, "take-a-clock": takeAClock },
};
