//! The values that the running functions work with.

use super::value::Value;

/// A call: which code, how far it is, and where its values are.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The place of its code.
    pub code: u32,
    /// The place of its next instruction.
    pub next: usize,
    /// Where on the stack its locals begin; what it works with comes after them.
    pub base: usize,
    /// Where on the stack its result goes: what was called lies there, and is not counted.
    pub result: usize,
}

/// One stack for all calls of a thread. What a caller pushes as an argument is the callee's
/// local, without being moved:
///
/// ```text
/// │ caller's locals │ its values │ mark │ callee │ argument … │ other locals │ its values │ →
///                                              ╰─ the new frame's base              top ╯
/// ```
#[derive(Debug)]
pub struct Stack {
    values: Vec<Value>,
    top: usize,
}

/// The part of the stack that one frame may use: its locals, and what it works with. It is a thing
/// of its own so that the compiler can keep it in registers.
#[derive(Debug)]
pub struct Window<'a> {
    values: &'a mut [Value],
    top: usize,
}

impl Stack {
    /// A stack with these values, the last on top.
    #[must_use]
    pub fn of(values: Vec<Value>) -> Stack {
        Stack { top: values.len(), values }
    }

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

    /// What the frame that begins at `base` may use. Its top has to be put
    /// [back](Stack::set_top).
    pub fn window(&mut self, base: usize) -> Window<'_> {
        Window { top: self.top - base, values: &mut self.values[base..] }
    }

    /// The top is now here.
    pub fn set_top(&mut self, top: usize) {
        self.top = top;
    }

    /// Pushes what takes the place of something that was popped.
    pub fn push(&mut self, value: Value) {
        self.values[self.top] = value;
        self.top += 1;
    }

    /// Pops.
    pub fn pop(&mut self) -> Value {
        self.top -= 1;
        self.values[self.top]
    }

    /// The value that is so deep, 1 being the top.
    pub fn peek(&self, depth: usize) -> Value {
        self.values[self.top - depth]
    }

    /// The topmost `many`, the top last.
    pub fn topmost(&self, many: usize) -> &[Value] {
        &self.values[self.top - many..self.top]
    }

    /// How many values there are.
    pub fn height(&self) -> usize {
        self.top
    }
}

impl Window<'_> {
    /// Pushes. The loader has made sure that there is room.
    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        self.values[self.top] = value;
        self.top += 1;
    }

    /// Pops.
    #[inline(always)]
    pub fn pop(&mut self) -> Value {
        self.top -= 1;
        self.values[self.top]
    }

    /// The value that is so deep, 1 being the top.
    #[inline(always)]
    pub fn peek(&self, depth: usize) -> Value {
        self.values[self.top - depth]
    }

    /// Exchanges the top with the value that is so deep.
    #[inline(always)]
    pub fn swap(&mut self, depth: usize) {
        self.values.swap(self.top - 1, self.top - depth);
    }

    /// A local.
    #[inline(always)]
    pub fn local(&mut self, local: u16) -> &mut Value {
        &mut self.values[local as usize]
    }

    /// The topmost `many`, the top last.
    #[inline(always)]
    pub fn topmost(&mut self, many: usize) -> &mut [Value] {
        &mut self.values[self.top - many..self.top]
    }

    /// Drops the topmost `many`, whose references have gone elsewhere.
    #[inline(always)]
    pub fn drop_many(&mut self, many: usize) {
        self.top -= many;
    }

    /// The same window, to be used elsewhere for a while.
    #[inline(always)]
    pub fn lend(&mut self) -> Window<'_> {
        Window { values: &mut *self.values, top: self.top }
    }

    /// It is now so high: what was done to a window that was [lent](Window::lend).
    #[inline(always)]
    pub fn set_height(&mut self, height: usize) {
        self.top = height;
    }

    /// How many there are, locals included.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.top
    }
}
