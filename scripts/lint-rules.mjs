/** Project rules that oxlint does not have, loaded by .oxlintrc.json. */

const isMac = (node) => {
  const name = node.type === "Identifier" ? node.name : (node.property?.name ?? node.property?.value);
  return typeof name === "string" && /(^|_)(mac|tag)$|[a-z](Mac|Tag)$/i.test(name);
};

const constantTimeCompare = {
  create: (context) => ({
    BinaryExpression(node) {
      if (!/^[!=]==?$/.test(node.operator)) return;
      const other = [node.left, node.right].filter((side) => !isMac(side));
      // `mac === undefined` compares no bytes.
      const harmless = other.length === 2 || other.some((side) => side.name === "undefined" || side.value === null);
      if (!harmless) {
        context.report({
          node,
          message: `"${node.operator}" on a MAC leaks where it differs. Compare in constant time.`,
        });
      }
    },
  }),
};

export default { meta: { name: "project" }, rules: { "constant-time-compare": constantTimeCompare } };
