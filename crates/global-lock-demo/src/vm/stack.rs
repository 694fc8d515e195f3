//! The values that the running functions work with.

use super::value::Value;

/// A call: which code, how far it is, and where its values begin.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The place of its code.
    pub code: u32,
    /// The place of its next instruction.
    pub next: usize,
    /// Where on the stack its locals begin; what it works with comes after them.
    pub base: usize,
}

/// One stack for all calls of a thread. What a caller pushes as an argument is the callee's
/// local, without being moved:
///
/// ```text
/// │ caller's locals │ its values │ mark │ callee │ argument … │ other locals │ its values │ →
///                                              ╰─ the new frame's base              top ╯
/// ```
#[derive(Debug, Default)]
pub struct Stack {
    values: Vec<Value>,
    top: usize,
}

impl Stack {
    /// Makes room for a call whose `arguments` have been pushed, and returns its base.
    pub fn enter(&mut self, arguments: usize, locals: usize, depth: usize) -> usize {
        let base = self.top - arguments;
        let room = base + locals + depth;
        if self.values.len() < room {
            self.values.resize(room, Value::NULL);
        }
        self.values[self.top..base + locals].fill(Value::NULL);
        self.top = base + locals;
        base
    }

    /// Pushes.
    #[inline]
    pub fn push(&mut self, value: Value) {
        if self.top == self.values.len() {
            // Only before the first call: a call makes room for all that its code can push.
            self.values.push(Value::NULL);
        }
        self.values[self.top] = value;
        self.top += 1;
    }

    /// Pops.
    #[inline]
    pub fn pop(&mut self) -> Value {
        self.top -= 1;
        self.values[self.top]
    }

    /// The value that is so deep, 1 being the top.
    #[inline]
    pub fn peek(&self, depth: usize) -> Value {
        self.values[self.top - depth]
    }

    /// Exchanges the top with the value that is so deep.
    pub fn swap(&mut self, depth: usize) {
        self.values.swap(self.top - 1, self.top - depth);
    }

    /// The topmost `many`, the top last.
    pub fn topmost(&self, many: usize) -> &[Value] {
        &self.values[self.top - many..self.top]
    }

    /// Drops the topmost `many`, whose references have gone elsewhere.
    pub fn drop_many(&mut self, many: usize) {
        self.top -= many;
    }

    /// A local of the frame that begins at `base`.
    #[inline]
    pub fn local(&mut self, base: usize, local: u16) -> &mut Value {
        &mut self.values[base + local as usize]
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.top
    }
}
