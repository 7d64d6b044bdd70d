package org.cdevgate.gate.stress.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.cdevgate.gate.stress.peers.Peer;
import org.cdevgate.gate.stress.script.WrongDesign;
import org.cdevgate.gate.stress.twins.Twins;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    @Test
    void eachBrokenTwinIsAlsoAskedOfTheModelChecker() {
        Set<String> twins = new TreeSet<>();
        for (WrongDesign<?> each : Twins.all()) {
            twins.add(each.name());
        }
        assertEquals(twins, new TreeSet<>(names(questionsOfTwins())));
    }

    @Test
    void theNotesOfARemovalAreExploredInFour() {
        assertEquals(4, Questions.traced().size(), "a question has lost its name");
    }

    @Test
    void eachPeerIsAsked() {
        for (Peer peer : Peer.values()) {
            assertTrue(
                    peer == Peer.REAL_GATE
                            || names(Questions.peers()).stream()
                                    .anyMatch(name -> name.startsWith(peer + ": ")),
                    "the model checker never tries the " + peer);
        }
    }

    @Test
    void aNameMeansOneQuestion() {
        List<String> names = names(Questions.gate());
        names.addAll(names(Questions.traced()));
        names.addAll(names(Questions.peers()));
        names.addAll(names(questionsOfTwins()));
        assertEquals(names.size(), Set.copyOf(names).size(), "in " + names);
    }

    @Test
    void eachScenarioCanBePreparedAndHasTwoOrThreeThreads() {
        for (Question each : Questions.gate()) {
            int threads = each.model().get().threads();
            assertTrue(threads == 2 || threads == 3, each + " has " + threads + " threads");
        }
    }

    private static List<Question> questionsOfTwins() {
        return Questions.twins().stream().map(Twin::question).toList();
    }

    private static List<String> names(List<Question> questions) {
        List<String> names = new ArrayList<>();
        questions.forEach(each -> names.add(each.name()));
        return names;
    }
}
